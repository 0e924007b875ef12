import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Claims, type Spending, StoreDown } from '@twohop/quota';
import { sqliteStore } from '@twohop/quota/sqlite';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Channel, Undeliverable } from './deliver.ts';
import type { Message } from './message.ts';
import { observed } from './observed.ts';
import { watch } from './watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-alerts-'));
const path = join(folder, 'ledger.db');
let claims: Claims & { close(): Promise<void> };
beforeAll(async () => {
  claims = await sqliteStore({ path, deadlineMs: 5_000 });
});
afterAll(async () => {
  await claims.close();
  rmSync(folder, { recursive: true });
});

const MINUTE_MS = 60_000;
const clock = { time: 0, nowMs: () => clock.time, every: () => () => undefined };
let window = 0;
let settled: number | null;
beforeEach(() => {
  clock.time = 1_800_000_000_000;
  // A cap of its own a test.
  window += 1;
  settled = 0;
});

const spending = async (): Promise<Spending> => {
  if (settled === null) throw new StoreDown('no answer');
  const cap = { window, settled, held: 0, limit: 100, resetsAtMs: clock.time + 60 * MINUTE_MS };
  return {
    day: { ...cap, scope: 'cap-day' },
    month: { ...cap, scope: 'cap-month', limit: 1e9 },
    earlierDays: [],
    worstMicroUsd: 1,
  };
};

function aProcess({ channel, own = claims }: { channel?: Channel['send']; own?: Claims } = {}) {
  const sent: Message[] = [];
  const done: Promise<void>[] = [];
  const send: Channel['send'] = (message, signal) => {
    const sending = (async () => {
      await channel?.(message, signal);
      sent.push(message);
    })();
    done.push(sending);
    return sending;
  };
  const logged: string[] = [];
  const outcomes: string[] = [];
  const seen = observed(clock.nowMs);
  const log = {
    info: () => undefined,
    warn: (_: object, text: string) => void logged.push(text),
    error: (_: object, text: string) => void logged.push(text),
  };
  const watching = watch({
    name: 'Test',
    thresholds: { unauthorizedPer5Minutes: 50, newAccountsPerHour: 100, spendSlope: 4, keyDays: 180, quietMs: 60 * MINUTE_MS },
    keySinceMs: null,
    spending,
    claims: own,
    observed: seen,
    channels: [{ name: 'test', send }],
    clock,
    log,
    newId: () => crypto.randomUUID(),
    looked: () => undefined,
    alerted: (_channel, outcome) => void outcomes.push(outcome),
    patience: { attemptMs: 1_000, firstPauseMs: 1, totalMs: 50 },
  });
  const look = async () => {
    await watching.look();
    await Promise.allSettled(done);
  };
  const titles = () => sent.map(({ firing, resolved }) => [...firing, ...resolved].map(({ title }) => title).join(' + '));
  return { look, seen, titles, sent, logged, outcomes, close: watching.close, state: watching.state };
}

it('a cap is told at 50, 80 and 100 percent, once each, and that its window is over', async () => {
  const { look, titles, sent } = aProcess();
  for (const spent of [49, 50, 60, 79, 80, 99, 100, 100]) {
    settled = spent;
    await look();
  }
  expect(titles()).toEqual([
    '50 % of the cap of the day is spent',
    '80 % of the cap of the day is spent',
    'the cap of the day is used up',
  ]);
  window += 1;
  settled = 0;
  await look();
  clock.time += 5 * MINUTE_MS;
  await look();
  expect(sent.at(-1)).toMatchObject({ firing: [], resolved: [{ title: 'the cap of the day is used up' }] });
  expect(sent).toHaveLength(4);
});

it('says what is the matter now, and what it has told, the latest first', async () => {
  const { look, state } = aProcess();
  expect(state()).toEqual({ now: [], told: [] });
  settled = 85;
  await look();
  const event = { atMs: clock.time, state: 'firing', condition: { title: '80 % of the cap of the day is spent' } };
  expect(state()).toMatchObject({ now: [event.condition], told: [event] });
  window += 1;
  settled = 0;
  await look();
  clock.time += 5 * MINUTE_MS;
  await look();
  expect(state()).toMatchObject({ now: [], told: [{ ...event, atMs: clock.time, state: 'resolved' }, event] });
});

it('two processes with one ledger tell the same cap once, and a third that starts later does not', async () => {
  const [one, two] = [aProcess(), aProcess()];
  settled = 85;
  await Promise.all([one.look(), two.look()]);
  const three = aProcess();
  for (let n = 0; n < 20; n++) {
    clock.time += 2 * MINUTE_MS;
    await Promise.all([one.look(), two.look(), three.look()]);
  }
  expect([...one.titles(), ...two.titles(), ...three.titles()]).toEqual(['80 % of the cap of the day is spent']);
});

it('one that dies with an alert on its way leaves it to the others', async () => {
  const dying = aProcess({
    channel: (_message, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  });
  const other = aProcess();
  settled = 85;
  void dying.look();
  await expect
    .poll(async () =>
      claims.claim({ name: `alert:spend:cap-day:${window}:80`, holder: 'x', nowMs: clock.time, untilMs: clock.time }),
    )
    .toBe(false);
  await other.look();
  expect(other.titles()).toEqual([]);
  clock.time += 10 * MINUTE_MS;
  await other.look();
  expect(other.titles()).toEqual(['80 % of the cap of the day is spent']);
  dying.close();
});

it('while the ledger is down each tells that by itself, keeps the caps in mind, and tells the end', async () => {
  const { look, sent, titles } = aProcess({ own: { claim: () => Promise.reject(new StoreDown('no answer')) } });
  settled = 60;
  await look();
  settled = null;
  for (let n = 0; n < 10; n++) {
    await look();
    clock.time += MINUTE_MS;
  }
  settled = 60;
  await look();
  clock.time += 5 * MINUTE_MS;
  await look();
  expect(titles()).toEqual(['50 % of the cap of the day is spent', 'the ledger does not answer', 'the ledger does not answer']);
  expect(sent.at(-1)).toMatchObject({ firing: [], resolved: [{ key: 'store' }] });
});

it('what happens at one time is one message, and no address stands in the log', async () => {
  const { look, seen, sent, logged } = aProcess();
  settled = 55;
  for (let n = 0; n < 1_000; n++) seen.call('auth.invalid', '192.0.2.7');
  for (let n = 0; n < 5; n++) seen.model('upstream.timeout');
  await look();
  await look();
  expect(sent).toHaveLength(1);
  expect(sent[0]?.firing.map(({ key }) => key)).toEqual(['model', `spend:cap-day:${window}`, 'unauthorized']);
  expect(logged).toHaveLength(3);
  expect(logged.join()).not.toContain('192.0.2.7');
});

it('a delivery that fails is tried again; one that is refused is told again later', async () => {
  let refusals = 3;
  const { look, titles } = aProcess({
    channel: async () => {
      if (refusals-- > 0) throw new Error('not now');
    },
  });
  settled = 55;
  await look();
  await expect.poll(titles).toEqual(['50 % of the cap of the day is spent']);

  let refuses = true;
  const refused = aProcess({
    channel: async () => {
      if (refuses) throw new Undeliverable('never');
    },
  });
  window += 1;
  await refused.look();
  await expect.poll(() => refused.logged).toContain('an alert could not be delivered');
  refuses = false;
  await refused.look();
  expect(refused.titles()).toEqual([]);
  clock.time += 5 * MINUTE_MS;
  await refused.look();
  expect(refused.titles()).toEqual(['50 % of the cap of the day is spent']);
  expect(refused.outcomes).toEqual(['failed', 'delivered']);
});
