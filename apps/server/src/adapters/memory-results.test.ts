import { expect, it } from 'vitest';
import { asked, output } from '../testing/asked.ts';
import { resultsContract } from '../testing/results-contract.ts';
import { memoryResults } from './memory-results.ts';

resultsContract('memory', async (options) => {
  const results = memoryResults(options);
  return { results, elsewhere: results };
});

it('forgets the oldest when the bytes are used up, also by input', async () => {
  const results = memoryResults({ keptBytes: 4_500 });
  for (const name of ['a', 'b', 'c']) results.keep(asked(name, name), Promise.resolve(output('x'.repeat(1_000))));
  await expect.poll(() => results.find(asked('a', 'a'))).toBeUndefined();
  expect(await results.find(asked('other', 'a'))).toBeUndefined();
  expect(await results.find(asked('other', 'c'))).toMatchObject({ by: 'input' });
});
