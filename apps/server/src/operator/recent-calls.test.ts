import { expect, it } from 'vitest';
import { recentCalls } from './recent-calls.ts';

const run = 'highlights.run';

it('counts runs and refusals by ten seconds, and forgets them after ten minutes', () => {
  let nowMs = Date.UTC(2026, 0, 15, 12);
  const recent = recentCalls(() => nowMs);
  for (const ms of [100, 100, 100, 1_000]) recent.call({ procedure: run, code: 'ok', ms });
  recent.call({ procedure: run, code: 'limit.quota', ms: 1 });
  recent.call({ procedure: 'account.me', code: 'auth.invalid', ms: 1 });
  recent.refused('limit.ip');
  recent.refused('limit.ip');
  nowMs += 12_000;
  recent.call({ procedure: run, code: 'limit.quota', ms: 1 });
  const { slices, refusals } = recent.read();
  expect(slices).toEqual([
    { at: '2026-01-15T12:00:00.000Z', ok: 4, refused: 4, p50Ms: expect.closeTo(100, -1), p95Ms: expect.closeTo(1_000, -2) },
    { at: '2026-01-15T12:00:10.000Z', ok: 0, refused: 1, p50Ms: null, p95Ms: null },
  ]);
  expect(refusals).toEqual([
    { code: 'limit.quota', count: 2 },
    { code: 'limit.ip', count: 2 },
    { code: 'auth.invalid', count: 1 },
  ]);
  nowMs += 600_000;
  expect(recent.read()).toEqual({ slices: [], refusals: [] });
});

it('what only reads is no run: a console that asks all the time shows nothing of itself', () => {
  const recent = recentCalls(() => 0);
  for (const procedure of ['operator.live', 'account.quota', 'admin.account']) recent.call({ procedure, code: 'ok', ms: 1 });
  expect(recent.read()).toEqual({ slices: [], refusals: [] });
});
