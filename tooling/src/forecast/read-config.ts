import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CheckedConfig, checkConfig } from '@twohop/server/config';
import { Refusal } from '../refusal.ts';

/** The maker's plans, limits and prices, as the server takes them. @throws Refusal naming the file and what is wrong in it. */
export async function readConfig(path: string): Promise<CheckedConfig> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return checkConfig(module.default);
  } catch (error) {
    throw new Refusal(`TWOHOP_CONFIG (${path}): ${error instanceof Error ? error.message : String(error)}`);
  }
}
