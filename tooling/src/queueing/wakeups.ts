export interface Wakeup<What> {
  readonly at: number;
  readonly what: What;
}

/** What is to happen, soonest first: a binary heap, since a large pool has thousands of calls running. */
export function wakeups<What>() {
  const heap: Wakeup<What>[] = [];
  const before = (one: number, other: number): boolean =>
    (heap[one]?.at ?? Number.POSITIVE_INFINITY) < (heap[other]?.at ?? Number.POSITIVE_INFINITY);
  const swap = (one: number, other: number): void => {
    const [first, second] = [heap[one], heap[other]];
    if (first && second) [heap[one], heap[other]] = [second, first];
  };

  return {
    add: (at: number, what: What): void => {
      let child = heap.push({ at, what }) - 1;
      for (let parent = (child - 1) >> 1; child > 0 && before(child, parent); parent = (child - 1) >> 1) {
        swap(child, parent);
        child = parent;
      }
    },
    /** Takes out the soonest that is due by then; undefined when there is none. */
    next: (until: number): Wakeup<What> | undefined => {
      const [soonest] = heap;
      if (!soonest || soonest.at > until) return undefined;
      swap(0, heap.length - 1);
      heap.pop();
      for (let parent = 0; ;) {
        const left = 2 * parent + 1;
        const child = before(left + 1, left) ? left + 1 : left;
        if (!before(child, parent)) return soonest;
        swap(child, parent);
        parent = child;
      }
    },
  };
}
