import { expect, it } from 'vitest';
import { memoryResults } from './memory-results.ts';

const asked = (key: string, input: string) => ({ key: `iss|ann|${key}`, input: `iss|ann|${input}` });
const ok = (data: unknown) => Promise.resolve({ ok: true, data });

it('finds a run by key and by input, in flight and after', async () => {
  const results = memoryResults();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  results.keep(asked('k', 'i'), promise);
  expect(results.byKey('iss|ann|k')?.input).toBe('iss|ann|i');
  const waiting = results.byInput('iss|ann|i');
  resolve({ ok: true, data: 1 });
  expect(await waiting).toEqual({ ok: true, data: 1 });
  expect(await results.byInput('iss|ann|i')).toEqual({ ok: true, data: 1 });
});

it.each([() => Promise.resolve({ ok: false }), () => Promise.reject(new Error('broken'))])(
  'never keeps a failure',
  async (fail) => {
    const results = memoryResults();
    const failure: Promise<unknown> = fail();
    results.keep(asked('k', 'i'), failure);
    await failure.catch(() => undefined);
    await expect.poll(() => results.byKey('iss|ann|k')).toBeUndefined();
    expect(results.byInput('iss|ann|i')).toBeUndefined();
  },
);

it('forgets the oldest when the bytes are used up, also by input', async () => {
  const results = memoryResults({ keptBytes: 5_000 });
  for (const name of ['a', 'b', 'c']) {
    results.keep(asked(name, name), ok('x'.repeat(1_000)));
    await results.byInput(`iss|ann|${name}`);
  }
  await expect.poll(() => results.byKey('iss|ann|a')).toBeUndefined();
  expect(results.byInput('iss|ann|a')).toBeUndefined();
  expect(await results.byInput('iss|ann|c')).toMatchObject({ ok: true });
});

it('the run whose reply tells of a new model is itself remembered', async () => {
  const results = memoryResults();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  results.keep(asked('k', 'i'), promise);
  results.modelIs('m1');
  resolve({ ok: true, data: 1 });
  await promise;
  expect(await results.byInput('iss|ann|i')).toEqual({ ok: true, data: 1 });
});

it('a new model forgets by input; a retry by key still gets its own answer', async () => {
  const results = memoryResults();
  results.modelIs('m1');
  results.keep(asked('k', 'i'), ok(1));
  await results.byInput('iss|ann|i');
  results.modelIs('m1');
  expect(await results.byInput('iss|ann|i')).toEqual({ ok: true, data: 1 });
  results.modelIs('m2');
  expect(results.byInput('iss|ann|i')).toBeUndefined();
  expect(await results.byKey('iss|ann|k')?.result).toEqual({ ok: true, data: 1 });
});

it('forgets a user, and nobody else', async () => {
  const results = memoryResults();
  results.keep(asked('k', 'i'), ok(1));
  results.keep({ key: 'iss|bob|k', input: 'iss|bob|i' }, ok(2));
  await expect.poll(() => results.byKey('iss|bob|k')).toBeDefined();
  await Promise.resolve();
  results.forget('iss|ann');
  expect(results.byInput('iss|ann|i')).toBeUndefined();
  expect(await results.byInput('iss|bob|i')).toEqual({ ok: true, data: 2 });
});
