/** How a process ended: with a code or by a signal; neither when it could not be started. */
export interface Ending {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** When a process counts as ready: a URL answers 2xx, a line appears, it has ended with code 0, or at once. */
export type Readiness =
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly line: RegExp }
  | 'exit'
  | 'started';

export interface Watch {
  readonly withinMs: number;
  readonly ended: Promise<Ending>;
  onLine(listener: (line: string) => void): void;
}

/** `ending` is set when the process ended instead of becoming ready; neither when the time ran out. */
export type Outcome = { readonly ready: true } | { readonly ready: false; readonly ending?: Ending };

export const awaitReady = async (readiness: Readiness, watch: Watch): Promise<Outcome> => {
  if (readiness === 'started') return { ready: true };
  const stop = new AbortController();
  const late = new Promise<Outcome>((resolve) => {
    const timer = setTimeout(() => resolve({ ready: false }), watch.withinMs);
    stop.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const ended = watch.ended.then((ending): Outcome => {
    return readiness === 'exit' && ending.code === 0 ? { ready: true } : { ready: false, ending };
  });
  const outcomes = [late, ended];
  if (readiness !== 'exit')
    outcomes.push(
      'url' in readiness
        ? answers(readiness.url, stop.signal, readiness.headers).then((ready) => ({ ready }))
        : appears(readiness.line, watch),
    );
  const outcome = await Promise.race(outcomes);
  stop.abort();
  return outcome;
};

const appears = (line: RegExp, watch: Watch): Promise<Outcome> =>
  new Promise((resolve) => {
    watch.onLine((each) => {
      if (line.test(each)) resolve({ ready: true });
    });
  });

const pollMs = 25;

/** Asks until the URL answers 2xx. False when the signal aborted first. */
export const answers = async (
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> => {
  while (!signal.aborted) {
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return false;
};
