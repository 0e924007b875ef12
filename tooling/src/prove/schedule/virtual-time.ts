interface Timer {
  readonly owner: object;
  readonly periodMs: number;
  readonly task: () => void;
  dueMs: number;
}

interface Waiter {
  readonly owner: object;
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time that moves when it is told to. Timers and waits of an owner stop with it, like those of a killed process. */
export interface VirtualTime {
  nowMs(): number;
  every(owner: object, periodMs: number, task: () => void): () => void;
  /** Resolves when the time has come; rejects when the signal aborts first, or has aborted. */
  wait(owner: object, ms: number, signal: AbortSignal): Promise<void>;
  /** Moves on, running what falls due in its order; `settled` is awaited after each. */
  advance(ms: number, settled: () => Promise<void>): Promise<void>;
  /** Moves on without running anything: what fell due runs late. */
  leap(ms: number): void;
  stop(owner: object): void;
}

export function virtualTime(startMs: number): VirtualTime {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const waiters = new Set<Waiter>();
  const nextDue = (): number => Math.min(...[...timers, ...waiters].map(({ dueMs }) => dueMs));
  const runDue = (): void => {
    const isDue = ({ dueMs }: { readonly dueMs: number }): boolean => dueMs <= nowMs;
    for (const timer of [...timers].filter(isDue)) {
      timer.dueMs += timer.periodMs;
      timer.task();
    }
    for (const waiter of [...waiters].filter(isDue)) {
      waiters.delete(waiter);
      waiter.wake();
    }
  };
  return {
    nowMs: () => nowMs,
    every: (owner, periodMs, task) => {
      const timer = { owner, periodMs, task, dueMs: nowMs + periodMs };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    wait: async (owner, ms, signal) => {
      signal.throwIfAborted();
      const { promise, resolve: wake, reject } = Promise.withResolvers<void>();
      const waiter = { owner, dueMs: nowMs + ms, wake };
      waiters.add(waiter);
      const leave = () => waiters.delete(waiter) && reject(new Error('aborted while waiting'));
      signal.addEventListener('abort', leave);
      return promise;
    },
    advance: async (ms, settled) => {
      const endMs = nowMs + ms;
      while (nextDue() <= endMs) {
        nowMs = Math.max(nowMs, nextDue());
        runDue();
        await settled();
      }
      nowMs = endMs;
    },
    leap: (ms) => {
      nowMs += ms;
    },
    stop: (owner) => {
      for (const timer of timers) if (timer.owner === owner) timers.delete(timer);
      for (const waiter of waiters) if (waiter.owner === owner) waiters.delete(waiter);
    },
  };
}
