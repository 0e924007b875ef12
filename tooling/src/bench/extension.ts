import { join } from 'node:path';
import { execa } from 'execa';
import { root } from '../root.ts';
import { ensureChromium } from '../test/chromium.ts';
import { quantile, type Report, type Result } from './figures.ts';

/** What `e2e/src/pace.ts` has measured, in milliseconds. */
interface Pace {
  readonly firstMs: readonly number[];
  /** Of those, until the server's first byte. */
  readonly serverMs: readonly number[];
  readonly longTasksMs: readonly number[];
  readonly popupMs: readonly number[];
}

/** One after another: a rate would say nothing. */
const resultOf = (name: string, valuesMs: readonly number[]): Result => ({
  name,
  concurrency: 1,
  perSecond: Math.round(1000 / quantile(valuesMs, 0.5)),
  p50Ms: Math.round(quantile(valuesMs, 0.5)),
  p99Ms: Math.round(quantile(valuesMs, 0.99)),
});

/** The extension in a real Chromium, over the whole stack with a warm model. */
export async function benchExtension({ quick }: { readonly quick: boolean }): Promise<Report> {
  const { stdout } = await execa(process.execPath, ['src/pace.ts', quick ? '3' : '20'], {
    cwd: join(root, 'e2e'),
    env: { CHROMIUM_PATH: await ensureChromium() },
    stderr: 'inherit',
  });
  const { firstMs, serverMs, longTasksMs, popupMs } = JSON.parse(stdout.split('\n').at(-1) ?? '') as Pace;
  const results = [
    resultOf('first mark of 3,000 words', firstMs),
    resultOf('its first byte at the server', serverMs),
    resultOf('popup interactive', popupMs),
  ];
  return {
    results,
    ratios: {},
    bars: [
      { name: 'first mark, ms after the click, median', atMost: 400, actual: results[0]?.p50Ms ?? Number.NaN },
      { name: 'popup interactive, ms, median', atMost: 300, actual: results[2]?.p50Ms ?? Number.NaN },
      { name: 'longest task over 50 ms while 500 sentences are marked, ms', atMost: 50, actual: Math.max(0, ...longTasksMs) },
    ],
    notes: [
      `Sizes of the bundles have budgets in \`apps/extension/store/code-rules.ts\`. First marks, ms: ${firstMs.join(' ')}.`,
    ],
  };
}
