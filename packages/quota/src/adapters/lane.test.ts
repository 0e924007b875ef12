import { expect, it } from 'vitest';
import { StoreDown } from '../ports.ts';
import { openLane } from './lane.ts';
import { BatchFailed, type Fault, type Transport } from './transport.ts';

/** A transport whose batches are answered by hand. */
function handTransport() {
  const sent: { calls: unknown[][]; answer: (results: unknown[]) => void; fail: (fault: Fault) => void }[] = [];
  const listeners: (() => void)[] = [];
  let up = true;
  const transport: Transport = {
    isUp: () => up,
    onUp: (listener) => void listeners.push(listener),
    send: (text) =>
      new Promise((resolve, reject) => {
        const calls = JSON.parse(text) as unknown[][];
        sent.push({ calls, answer: resolve, fail: (fault) => reject(new BatchFailed(fault, `as told: ${fault}`)) });
      }),
  };
  const setUp = (now: boolean) => {
    up = now;
    if (now) for (const listener of listeners) listener();
  };
  /** The next batch, when it has been sent. */
  let seen = 0;
  const next = async () => {
    await expect.poll(() => sent.length).toBeGreaterThan(seen);
    return sent[seen++] as (typeof sent)[number];
  };
  return { transport, next, setUp, sent };
}

const soon = { manner: 'soon' } as const;
const kept = { manner: 'kept' } as const;

it('sends what is asked in one turn as one batch, and what comes meanwhile as the next; what frees a budget first', async () => {
  const { transport, next, sent } = handTransport();
  const lane = openLane(transport, { deadlineMs: 5_000 });
  const first = lane.call('reserve', [1], soon);
  const batch = await next();
  const rest = [lane.call('reserve', [2], soon), lane.call('settle', [1], kept)];
  expect(sent).toHaveLength(1);
  batch.answer(['one']);
  expect(await first).toBe('one');
  const second = await next();
  expect(second.calls).toEqual([
    ['settle', 1],
    ['reserve', 2],
  ]);
  second.answer(['settled', 'two']);
  expect(await Promise.all(rest)).toEqual(['two', 'settled']);
});

it('takes no more calls into a batch than it may', async () => {
  const { transport, next } = handTransport();
  const lane = openLane(transport, { deadlineMs: 5_000, batchCalls: 2 });
  void Promise.all([1, 2, 3].map((each) => lane.call('reserve', [each], soon)));
  expect((await next()).calls).toHaveLength(2);
});

it('what was decided outlasts a full store, however often it is refused; a reserve is refused at once', async () => {
  const { transport, next } = handTransport();
  const lane = openLane(transport, { deadlineMs: 5_000 });
  const lost: string[] = [];
  const settling = lane.call('settle', [1], kept);
  const reserving = lane.call('reserve', [2], { ...soon, lost: () => lost.push('reserve') });
  (await next()).fail('full');
  await expect(reserving).rejects.toThrow(StoreDown);
  for (let attempt = 0; attempt < 20; attempt += 1) (await next()).fail('full');
  (await next()).answer(['settled']);
  expect(await settling).toBe('settled');
  expect(lost).toEqual([]);
});

it('a reserve whose store went down under it is told to be lost, and never sent again', async () => {
  const { transport, next, setUp, sent } = handTransport();
  const lane = openLane(transport, { deadlineMs: 5_000 });
  const lost: string[] = [];
  const reserving = lane.call('reserve', [1], { ...soon, lost: () => lost.push('reserve') });
  const settling = lane.call('settle', [2], kept);
  const batch = await next();
  setUp(false);
  batch.fail('down');
  await expect(reserving).rejects.toThrow('as told: down');
  expect(lost).toEqual(['reserve']);
  await expect(lane.call('reserve', [3], soon)).rejects.toThrow('the ledger does not answer');
  setUp(true);
  const again = await next();
  expect(again.calls).toEqual([['settle', 2]]);
  again.answer(['settled']);
  expect(await settling).toBe('settled');
  expect(sent).toHaveLength(2);
});

it('of a broken batch each call flies alone, and only the broken one fails', async () => {
  const { transport, next } = handTransport();
  const lane = openLane(transport, { deadlineMs: 5_000 });
  const both = Promise.allSettled([lane.call('settle', ['good'], kept), lane.call('settle', ['bad'], kept)]);
  (await next()).fail('broken');
  const good = await next();
  expect(good.calls).toEqual([['settle', 'good']]);
  good.answer(['settled']);
  (await next()).fail('broken');
  expect(await both).toMatchObject([
    { status: 'fulfilled', value: 'settled' },
    { status: 'rejected', reason: { message: 'as told: broken' } },
  ]);
});

it('a late answer is told, and until it comes others are refused at once', async () => {
  const { transport, next } = handTransport();
  const lane = openLane(transport, { deadlineMs: 20 });
  const late: unknown[] = [];
  await expect(lane.call('reserve', [1], { ...soon, late: (value) => late.push(value) })).rejects.toThrow('within 20 ms');
  await expect(lane.call('reserve', [2], soon)).rejects.toThrow('the ledger does not answer');
  const batch = await next();
  const settling = lane.call('settle', [3], kept);
  batch.answer(['held']);
  (await next()).answer(['settled']);
  expect(await settling).toBe('settled');
  expect(late).toEqual(['held']);
});
