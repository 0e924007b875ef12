import { expect, it } from 'vitest';
import { holds } from './figures.ts';
import { judgeSoak, type Soaked } from './ml-soak.ts';

const held = { mb: 400, files: 50, threads: 12 };
const soaked: Soaked = {
  requests: 200_000,
  inFlight: 32,
  perSecond: 400,
  p50Ms: 1,
  p99Ms: 2,
  wrong: {},
  held: [held, held],
  queued: 0,
};
const failing = (change: Partial<Soaked>) =>
  judgeSoak({ ...soaked, ...change })
    .bars.filter((bar) => !holds(bar))
    .map(({ name }) => name);

it('holds for a service that stays as it is', () => {
  expect(failing({})).toEqual([]);
});

it.each<[string, Partial<Soaked>]>([
  ['requests', { requests: 199_990 }],
  ['replies other than expected', { wrong: { '500 for 200': 1 } }],
  ['memory in the end ÷ after a tenth', { held: [held, { ...held, mb: 445 }] }],
  ['open files more than after a tenth', { held: [held, { ...held, files: 53 }] }],
  ['threads more than after a tenth', { held: [held, { ...held, threads: 13 }] }],
  ['texts that still wait', { queued: 1 }],
])('names what falls short: %s', (name, change) => {
  expect(failing(change)).toEqual([name]);
});

it('judges nothing it has not seen', () => {
  expect(failing({ held: [] })).toHaveLength(3);
});
