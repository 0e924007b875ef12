/** Tries the keys in turn until one is not refused, and starts with that one the next time. */
export interface KeyRing {
  open<T>(ask: (key: string) => Promise<T>, isRefused: (answer: T) => boolean): Promise<T>;
}

/**
 * While a secret is replaced two are valid, and neither side knows how far the other one is. A refusal of the key costs nothing
 * and comes before the input is read, so the same request goes again with the next. When all are refused it is not a rotation:
 * until one is accepted again, each request tries one of them, or a wrong setting would double the requests.
 */
export function keyRing(keys: readonly string[]): KeyRing {
  let first = 0;
  let allRefused = false;
  return {
    async open(ask, isRefused) {
      const from = first;
      const order = keys.map((_, n) => (from + n) % keys.length).slice(0, allRefused ? 1 : undefined);
      let refusal: Awaited<ReturnType<typeof ask>> | undefined;
      for (const index of order) {
        const answer = await ask(keys[index] ?? '');
        if (!isRefused(answer)) {
          first = index;
          allRefused = false;
          return answer;
        }
        refusal = answer;
      }
      allRefused = true;
      first = (from + 1) % keys.length;
      if (refusal === undefined) throw new RangeError('the model needs at least one key');
      return refusal;
    },
  };
}
