import type { Clock } from '@twohop/quota';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  every: (periodMs, task) => {
    const timer = setInterval(task, periodMs).unref();
    return () => clearInterval(timer);
  },
};
