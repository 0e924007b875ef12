import { quantile, type Result, resultOf } from './figures.ts';

export interface Driven {
  readonly name: string;
  readonly concurrency: number;
  readonly ms: number;
  /** One operation; its index is unique within the run. */
  operation(index: number): Promise<unknown>;
}

/** A warm-up is this part of the time, and counts for nothing. */
const WARM = 0.2;

/** Closed loop: as soon as one operation of a lane ends the lane's next begins. */
export async function drive({ name, concurrency, ms, operation }: Driven): Promise<Result> {
  const beganMs = performance.now();
  const measuredFromMs = beganMs + ms * WARM;
  const endMs = measuredFromMs + ms;
  const latencies: number[] = [];
  let index = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const startMs = performance.now();
      if (startMs > endMs) return;
      await operation(index++);
      if (startMs >= measuredFromMs) latencies.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return resultOf(name, concurrency, { latencies, ms: performance.now() - measuredFromMs });
}

export interface Paced {
  readonly perSecond: number;
  readonly ms: number;
  /** Resolves with the milliseconds that count: what follows them is part of the load alone. `dueMs`: when it was to begin. */
  operation(index: number, dueMs: number): Promise<number>;
}

/** The same in rounds, each with operations of its own: a shared machine has bad seconds, and the median tells of the store. */
export async function pacedRounds(rounds: number, { operation, ...paces }: Paced): Promise<number[]> {
  const p99s: number[] = [];
  let last = 0;
  for (let round = 0; round < rounds; round += 1) {
    p99s.push(await paced({ ...paces, operation: (_, dueMs) => operation(last++, dueMs) }));
  }
  return p99s;
}

/** Open loop: operations begin by the clock, whether or not the ones before have ended. Gives the p99 in milliseconds. */
export async function paced({ perSecond, ms, operation }: Paced): Promise<number> {
  const beganMs = performance.now();
  const running: Promise<number>[] = [];
  for (let index = 0; performance.now() - beganMs < ms;) {
    const due = Math.floor(((performance.now() - beganMs) * perSecond) / 1000);
    while (index < due) running.push(operation(index, beganMs + (index++ * 1000) / perSecond));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Number(quantile(await Promise.all(running), 0.99).toFixed(3));
}
