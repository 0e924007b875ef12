import { expect, it } from 'vitest';
import { clientOf, good, model, refusal, reply } from './testing/fixture-model.ts';

/** A model that accepts the given keys, and what was asked of it with which. */
async function guarded(accepted: string[]) {
  const asked: string[] = [];
  const { url } = await model((request, response) => {
    const key = String(request.headers['x-api-key']);
    asked.push(key);
    if (accepted.includes(key)) reply(good)(request, response);
    else reply(refusal('auth.invalid'), { 'x-compute-us': '0' }, 401)(request, response);
  });
  return { url, accepted, asked };
}

it('a refused key is followed by the other one, and that one is used from then on', async () => {
  const { url, accepted, asked } = await guarded(['old']);
  const ask = clientOf(url, { keys: ['new', 'old'] });
  expect(await ask()).toMatchObject({ ok: true });
  expect(await ask()).toMatchObject({ ok: true });
  accepted.splice(0, 1, 'new');
  expect(await ask()).toMatchObject({ ok: true });
  expect(asked).toEqual(['new', 'old', 'old', 'old', 'new']);
});

it('when all are refused it says so, and stops trying both', async () => {
  const { url, accepted, asked } = await guarded([]);
  const ask = clientOf(url, { keys: ['a', 'b'] });
  for (let n = 0; n < 10; n++) expect(await ask()).toMatchObject({ ok: false, failure: { code: 'auth.invalid', computeUs: 0 } });
  expect(asked).toHaveLength(11);
  accepted.push('b');
  await ask();
  expect((await Promise.all([ask(), ask(), ask()])).map(({ ok }) => ok)).toEqual([true, true, true]);
});
