import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { channelsOf } from '@twohop/server/alerts';
import { ConfigError, loadConfig } from '@twohop/server/settings';
import { objections } from '../forecast/certificate-file.ts';
import { certificateOf } from '../forecast/core/certificate.ts';
import { hostedOf } from '../forecast/core/forecast.ts';
import { capsOf, readPrices } from '../forecast/inputs.ts';
import { Refusal } from '../refusal.ts';
import type { Patient } from './finding.ts';

const ASKS_FOR_MS = 10_000;

function urlOf(flag: string, value: string | undefined): URL | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Refusal(`--${flag} ${value}: give an address, such as https://api.example.com.`);
  return url;
}

async function environment(file: string | undefined): Promise<NodeJS.ProcessEnv> {
  if (file === undefined) return process.env;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Refusal(`--env ${file}: there is no such file.`);
  });
  return { ...process.env, ...parseEnv(text) };
}

/** This machine, and the addresses that are named. @throws Refusal naming the flag that is wrong. */
export async function patientOf(values: {
  target?: string | undefined;
  model?: string | undefined;
  env?: string | undefined;
  'send-alert'?: boolean | undefined;
}): Promise<Patient> {
  const env = await environment(values.env);
  const prices = await readPrices();
  const config = await loadConfig(env).catch((error: unknown) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });
  return {
    env,
    config,
    prices,
    objections: async ({ hosting, policy }) =>
      hosting ? objections(certificateOf(hostedOf(prices, hosting), capsOf(policy))) : [],
    channels: config instanceof Error ? [] : channelsOf(config.alertChannels),
    sendAlert: values['send-alert'] ?? false,
    target: urlOf('target', values.target),
    model: urlOf('model', values.model),
    fetch: (url, init) => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ASKS_FOR_MS), ...init }),
    nowMs: Date.now,
  };
}
