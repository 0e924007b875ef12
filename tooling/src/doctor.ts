/**
 * `npm run doctor`: what is wrong with this machine's settings, and with `--target URL` and `--model URL` of a deployment, each with
 * its remedy. `--env FILE` reads settings from a file on top of the environment. Exit code 1 when something fails; `--json` for
 * machines.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs, parseEnv } from 'node:util';
import { ConfigError, loadConfig } from '@twohop/server/settings';
import pc from 'picocolors';
import { runCommand } from './command.ts';
import { examine } from './doctor/checks.ts';
import type { Finding, Patient } from './doctor/finding.ts';
import { objections } from './forecast/certificate-file.ts';
import { certificateOf } from './forecast/core/certificate.ts';
import { hostedOf } from './forecast/core/forecast.ts';
import { readPrices } from './forecast/inputs.ts';
import { Refusal } from './refusal.ts';

const ASKS_FOR_MS = 10_000;

const marks: Readonly<Record<Finding['level'], string>> = {
  ok: pc.green('✓'),
  warn: pc.yellow('!'),
  fail: pc.red('✗'),
  unchecked: pc.dim('·'),
};

const lineOf = ({ check, level, says, remedy }: Finding): string =>
  `${marks[level]} ${check.padEnd(13)} ${level === 'unchecked' ? pc.dim(says) : says}${remedy ? `\n${' '.repeat(16)}${pc.cyan('→')} ${remedy}` : ''}`;

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

async function patientOf(values: {
  target?: string | undefined;
  model?: string | undefined;
  env?: string | undefined;
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
      hosting ? objections(certificateOf(hostedOf(prices, hosting), { ...policy.cap, ...policy.run })) : [],
    target: urlOf('target', values.target),
    model: urlOf('model', values.model),
    fetch: (url, init) => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ASKS_FOR_MS), ...init }),
    nowMs: Date.now,
  };
}

const main = async (): Promise<number> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, target: text, model: text, env: text } });
  const findings = await examine(await patientOf(values));
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const ok = count('fail') === 0;
  const closing = `${count('ok')} sound, ${count('warn')} to look at, ${count('fail')} wrong, ${count('unchecked')} not checked`;
  console.log(values.json ? JSON.stringify({ ok, findings }) : [...findings.map(lineOf), '', closing].join('\n'));
  return ok ? 0 : 1;
};

await runCommand(main);
