import { expect, it } from 'vitest';
import type { Condition } from './conditions.ts';
import { notebook, SETTLED_MS } from './notebook.ts';

const HOUR_MS = 3_600_000;
const condition = (more: Partial<Condition> = {}): Condition => ({
  key: 'a',
  level: 0,
  severity: 'warning',
  title: 'A',
  detail: 'a',
  quietUntilMs: HOUR_MS,
  ...more,
});

/** Tells at once whatever is to be told, as the only process. */
function alone() {
  const notes = notebook();
  return (nowMs: number, ...conditions: Condition[]) => {
    const { firing, resolved } = notes.look(conditions, nowMs);
    for (const each of firing) notes.told(each, { nowMs, mine: true, quietUntilMs: each.quietUntilMs });
    return { firing: firing.map(({ key }) => key), resolved: resolved.map((each) => each.condition.key) };
  };
}

it('an event is told once, however long it is seen', () => {
  const look = alone();
  expect(look(0, condition())).toEqual({ firing: ['a'], resolved: [] });
  for (let nowMs = 1_000; nowMs < HOUR_MS; nowMs += 1_000)
    expect(look(nowMs, condition({ title: `A ${nowMs}` }))).toEqual({ firing: [], resolved: [] });
});

it('what outlasts its quiet period is told again', () => {
  const look = alone();
  look(0, condition());
  for (let nowMs = 60_000; nowMs < HOUR_MS; nowMs += 60_000) look(nowMs, condition());
  expect(look(HOUR_MS, condition({ quietUntilMs: 2 * HOUR_MS })).firing).toEqual(['a']);
  expect(look(HOUR_MS + 1, condition()).firing).toEqual([]);
});

it('what gets worse is told anew, what gets better is not', () => {
  const look = alone();
  expect(look(0, condition({ level: 50 })).firing).toEqual(['a']);
  expect(look(1, condition({ level: 80 })).firing).toEqual(['a']);
  expect(look(2, condition({ level: 50 })).firing).toEqual([]);
  expect(look(3, condition({ level: 80 })).firing).toEqual([]);
});

it('its end is told once, when it has been over for a while', () => {
  const look = alone();
  look(0, condition());
  expect(look(SETTLED_MS - 1)).toEqual({ firing: [], resolved: [] });
  expect(look(SETTLED_MS)).toEqual({ firing: [], resolved: ['a'] });
  expect(look(SETTLED_MS + 1)).toEqual({ firing: [], resolved: [] });
  expect(look(SETTLED_MS + 2, condition())).toEqual({ firing: ['a'], resolved: [] });
});

it('one that comes and goes is one event', () => {
  const look = alone();
  const told = Array.from({ length: 100 }, (_, n) =>
    n % 2 === 0 ? look(n * 30_000, condition({ quietUntilMs: 9e9 })) : look(n * 30_000),
  );
  expect(told.flatMap(({ firing, resolved }) => [...firing, ...resolved])).toEqual(['a']);
});

it('several at one time are told together', () => {
  expect(alone()(0, condition(), condition({ key: 'b' }))).toEqual({ firing: ['a', 'b'], resolved: [] });
});

it('what another process tells is asked about again, and its end is not ours to tell', () => {
  const notes = notebook();
  expect(notes.look([condition()], 0).firing).toHaveLength(1);
  notes.told(condition(), { nowMs: 0, mine: false, quietUntilMs: 600_000 });
  expect(notes.look([condition()], 599_999).firing).toEqual([]);
  expect(notes.look([condition()], 600_000).firing).toHaveLength(1);
  notes.told(condition(), { nowMs: 600_000, mine: false, quietUntilMs: 9e9 });
  expect(notes.look([], 600_000 + SETTLED_MS).resolved).toMatchObject([{ mine: false }]);
});
