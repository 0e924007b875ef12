import { expect, it } from 'vitest';
import { pruneOld } from './prune.ts';

/** A clock whose only task is called by hand. */
function handClock() {
  let nowMs = 1_000_000;
  let tick = () => undefined as void;
  let stopped = false;
  return {
    clock: {
      nowMs: () => nowMs,
      every: (_periodMs: number, task: () => void) => {
        tick = task;
        return () => {
          stopped = true;
        };
      },
    },
    at: async (ms: number) => {
      nowMs = ms;
      tick();
      await new Promise(setImmediate);
    },
    isStopped: () => stopped,
  };
}

it('asks again while there are rows, and rests when there are none or the store is down', async () => {
  const { clock, at, isStopped } = handClock();
  const asked: number[] = [];
  const answers = [200, 0, new Error('down'), 5];
  const prune = async (beforeMs: number) => {
    asked.push(beforeMs);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? 0;
  };
  const stop = pruneOld({ prune }, { clock, keepMs: 400_000 });
  await at(1_000_000);
  await at(1_000_100);
  await at(1_000_200);
  expect(asked).toEqual([600_000, 600_100]);
  await at(1_060_100);
  await at(1_060_200);
  expect(asked).toHaveLength(3);
  await at(1_120_100);
  expect(asked).toHaveLength(4);
  stop();
  expect(isStopped()).toBe(true);
});

it('never has two under way', async () => {
  const { clock, at } = handClock();
  let asked = 0;
  let answer = (_rows: number) => undefined as void;
  pruneOld({ prune: () => new Promise((resolve) => ((asked += 1), (answer = resolve))) }, { clock, keepMs: 1 });
  await at(1_000_000);
  await at(1_000_100);
  expect(asked).toBe(1);
  answer(3);
  await at(1_000_100);
  await at(1_000_200);
  expect(asked).toBe(2);
});
