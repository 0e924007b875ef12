import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckedConfig } from '@twohop/server/config';
import { Refusal } from '../refusal.ts';
import { root } from '../root.ts';
import type { Caps, Hosting } from './core/hosting.ts';
import { checkPrices, type Prices } from './core/prices.ts';
import { checkMeasured, type Measured } from './core/unit-cost.ts';
import { readConfig } from './read-config.ts';

/** What stands in the repository. */
export interface Inputs {
  readonly prices: Prices;
  readonly measured: Measured;
  readonly caps: Caps;
  readonly hosting: Hosting;
}

const jsonOf = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(root, path), 'utf8')) as unknown;

export const readPrices = async (): Promise<Prices> => checkPrices(await jsonOf('prices.json'));

export const readMeasured = async (): Promise<Measured> => checkMeasured(await jsonOf('docs/benchmarks/compute.json'));

export const capsOf = ({ cap, run }: CheckedConfig['policy']): Caps => ({
  ...cap,
  attempts: run.attempts,
  deadlineMs: run.deadlineMs,
});

/** @param configPath twohop.config.ts, or what TWOHOP_CONFIG names */
export async function readInputs(configPath: string): Promise<Inputs> {
  const [prices, measured, { policy, hosting }] = await Promise.all([readPrices(), readMeasured(), readConfig(configPath)]);
  if (!hosting)
    throw new Refusal(
      `${configPath} has no "hosting": say where it will run, and how many instances may. twohop.config.ts of the repository shows how.`,
    );
  return { prices, measured, caps: capsOf(policy), hosting };
}
