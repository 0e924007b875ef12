import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Config, ConfigError, loadConfig } from '@twohop/server/settings';
import { beforeAll, describe, expect, it } from 'vitest';
import { withPrice } from '../forecast/core/what-if.ts';
import { readPrices } from '../forecast/inputs.ts';
import { root } from '../root.ts';
import { checks, examine } from './checks.ts';
import type { Finding, Patient } from './finding.ts';
import { bitsOf } from './keys.ts';

const secret = () => randomBytes(32).toString('base64url');
const env = {
  TWOHOP_CONFIG: join(root, 'twohop.config.ts'),
  FIREBASE_PROJECT_ID: 'my-app',
  FIREBASE_API_KEY: 'web-key',
  ML_KEY: secret(),
  ML_KEY_SINCE: '2026-10-01',
  HASH_KEY: secret(),
  ALLOWED_ORIGINS: 'https://app.example.com',
  ADMIN_EMAILS: 'root@example.com',
};
const GOOGLE = 'https://identitytoolkit.googleapis.com/v1/projects?key=web-key';
const NOW_MS = Date.parse('2026-11-26T12:00:00.500Z');
const configOf = (change: NodeJS.ProcessEnv = {}) =>
  loadConfig({ ...env, ...change }).catch((error: unknown) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });

/** What each address answers; a status, or a reply. The key of a model's answer has the key that was sent. */
type Web = Readonly<Record<string, number | Response | Error>>;
const sound: Web = {
  'https://api.example.com/healthz': 200,
  'https://api.example.com/readyz': 200,
  'https://api.example.com/metrics': 404,
  'https://api.example.com/trpc/account.me': 401,
  'https://api.example.com/trpc/account.me signed by nobody': 401,
  'https://ml.example.com/v1/embeddings': 401,
  'https://ml.example.com/v1/embeddings twohop-development-key': 401,
  'https://ml.example.com/v1/embeddings changeme': 401,
  'https://ml.example.com/v1/embeddings secret': 401,
  [`https://ml.example.com/v1/embeddings ${env.ML_KEY}`]: 400,
  'https://identitytoolkit.googleapis.com/v1/projects?key=web-key': Response.json({ authorizedDomains: ['my-app.web.app'] }),
};

const answering =
  (web: Web, dateMs: number): Patient['fetch'] =>
  async (url, { headers } = {}) => {
    const { authorization, 'x-api-key': key } = (headers ?? {}) as Record<string, string>;
    const answer = web[[url.href, ...(authorization ? ['signed by nobody'] : []), ...(key ? [key] : [])].join(' ')];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error(`nobody is at ${url.href}`);
    if (answer instanceof Response) return answer.clone();
    return new Response(null, { status: answer, headers: { date: new Date(dateMs).toUTCString() } });
  };

let healthy: Patient;
beforeAll(async () => {
  healthy = {
    config: await configOf(),
    env,
    prices: await readPrices(),
    objections: async () => [],
    target: new URL('https://api.example.com'),
    model: new URL('https://ml.example.com'),
    channels: [{ name: 'webhook', send: async () => undefined }],
    sendAlert: true,
    fetch: answering(sound, NOW_MS),
    nowMs: () => NOW_MS,
  };
});

const of = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((each) => each.level === level).map(({ check, says }) => `${check}: ${says}`);
const web = (change: Web, dateMs = NOW_MS): Partial<Patient> => ({ fetch: answering({ ...sound, ...change }, dateMs) });
const policyOf = (change: (policy: Config['policy']) => Partial<Config['policy']>): Partial<Patient> => {
  const config = healthy.config as Config;
  return { config: { ...config, policy: { ...config.policy, ...change(config.policy) } } };
};

it('of a healthy one nothing is wrong, and what was not checked says why', async () => {
  const findings = await examine(healthy);
  expect(of(findings, 'fail')).toEqual([]);
  // The shipped prices have their doubts.
  expect(of(findings, 'warn').filter((each) => !each.startsWith('prices: '))).toEqual([]);
  expect(of(findings, 'unchecked')).toEqual([
    'firebase key: not checked, because only the console knows which APIs the key opens',
  ]);
  expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(checks.map(({ name }) => name)));
});

it('each finding that is not sound has its remedy', async () => {
  const findings = await examine({ ...healthy, config: await configOf({ ML_KEY: 'short' }), target: null, model: null });
  for (const { level, remedy } of findings) expect(remedy === undefined).toBe(level === 'ok');
  expect(of(findings, 'fail')).toEqual(['settings: ML_KEY: must be a secret of at least 32 characters']);
  expect(of(findings, 'unchecked')).toContain('caps: not checked, because the settings cannot be read');
  expect(of(findings, 'unchecked')).toContain('health: not checked, because no deployment is named');
  expect(of(findings, 'unchecked')).toContain('model: not checked, because no model service is named');
});

describe('settings that are not sound', () => {
  it.each<['fail' | 'warn', string, NodeJS.ProcessEnv]>([
    ['warn', 'settings: TWOHOP_ENV=development takes emulators', { TWOHOP_ENV: 'development' }],
    ['fail', 'combinations: ML_URL http://ml.example.com', { ML_URL: 'http://ml.example.com' }],
    ['fail', 'combinations: HASH_KEY is ML_KEY', { HASH_KEY: env.ML_KEY }],
    ['warn', 'combinations: HOST 0.0.0.0 without TRUST_PROXY', { HOST: '0.0.0.0' }],
    ['warn', 'combinations: METRICS_HOST 0.0.0.0', { METRICS_HOST: '0.0.0.0' }],
    ['warn', 'combinations: RATE_URL is memory:', { LEDGER_URL: 'postgres://a:b@c/d', RESULTS_URL: 'redis://r:1' }],
    ['warn', 'combinations: RESULTS_URL is memory:', { LEDGER_URL: 'postgres://a:b@c/d', RATE_URL: 'redis://r:1' }],
    ['warn', 'combinations: FIREBASE_USER_CHECKS is off', { FIREBASE_USER_CHECKS: 'off' }],
    ['warn', 'combinations: ALLOWED_ORIGINS is empty', { ALLOWED_ORIGINS: '' }],
    ['warn', 'combinations: ADMIN_EMAILS is empty', { ADMIN_EMAILS: '' }],
    ['fail', 'key strength: ML_KEY can be guessed', { ML_KEY: 'a'.repeat(40) }],
    ['fail', 'key strength: HASH_KEY can be guessed', { HASH_KEY: `${secret()}-development` }],
    ['warn', 'key age: 2 keys of the model are open', { ML_KEY: `${secret()},${secret()}` }],
    ['warn', 'key age: the model’s key is 330 days old', { ML_KEY_SINCE: '2025-12-31' }],
    ['fail', 'key age: ML_KEY_SINCE 2027-01-01 is in the future', { ML_KEY_SINCE: '2027-01-01' }],
  ])('%s: %s', async (level, expected, change) => {
    const config = await configOf(change);
    const key = config instanceof Error ? '' : (config.ml.keys[0] ?? '');
    const findings = await examine({ ...healthy, config, ...web({ [`https://ml.example.com/v1/embeddings ${key}`]: 400 }) });
    expect(of(findings, level).filter((each) => !each.startsWith('prices: '))).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    'http://ml.internal',
    'http://10.0.0.7:8000',
    'http://ml-service:8000',
    'http://[fd00::1]:8000',
    'https://ml.example.com',
  ])('a model at %s is reached in private', async (ML_URL) => {
    expect(of(await examine({ ...healthy, config: await configOf({ ML_URL }) }), 'fail')).toEqual([]);
  });
});

describe('money that is not bounded as it seems', () => {
  it.each<['fail' | 'warn', string, () => Partial<Patient>]>([
    [
      'warn',
      'caps: one user of plan free can use up the cap of a day alone',
      () =>
        policyOf(({ plans, anonymousPlan }) => ({
          plans: {
            ...plans,
            free: { ...(plans[anonymousPlan] as NonNullable<(typeof plans)[string]>), computeDayUs: 125_000e6 },
          },
        })),
    ],
    ['warn', 'caps: users without an account can use up', () => policyOf(() => ({ anonymousPool: { computeDayUs: 125_000e6 } }))],
    [
      'warn',
      'caps: the cap of a day holds 11 runs',
      () =>
        policyOf(() => ({ cap: { dayMicroUsd: 10_000, monthMicroUsd: 50e6 }, anonymousPool: { computeDayUs: 1e6 }, plans: {} })),
    ],
    ['fail', 'maximum bill: The maximum bill is 220', () => ({ objections: async () => ['The maximum bill is 220 USD'] })],
    [
      'warn',
      'prices: the price in twohop.config.ts is of 2026-05-01',
      () => policyOf(({ price }) => ({ price: { ...price, asOf: '2026-05-01' } })),
    ],
    [
      'fail',
      'prices: a second of compute is counted as 0.00004 USD',
      () => ({ prices: withPrice(healthy.prices, 'Google Cloud', 2) }),
    ],
    ['warn', 'prices: fly_shared_1gb in prices.json is old or undated', () => ({ nowMs: () => Date.parse('2027-11-26') })],
  ])('%s: %s', async (level, expected, change) => {
    expect(of(await examine({ ...healthy, ...change() }), level)).toContainEqual(expect.stringContaining(expected));
  });
});

describe('alerts', () => {
  const refusing = { name: 'slack', send: () => Promise.reject(new Error('the webhook answered 404')) };
  it.each<['ok' | 'fail' | 'warn' | 'unchecked', string, () => Partial<Patient>]>([
    ['ok', 'alerts: a test alert was taken by webhook', () => ({})],
    ['warn', 'alerts: nobody is told', () => ({ channels: [] })],
    ['unchecked', 'alerts: not checked, because nobody asked for a test alert by webhook', () => ({ sendAlert: false })],
    ['fail', 'alerts: slack does not take alerts: the webhook answered 404', () => ({ channels: [refusing] })],
  ])('%s: %s', async (level, expected, change) => {
    expect(of(await examine({ ...healthy, ...change() }), level)).toContainEqual(expect.stringContaining(expected));
  });

  it('the test alert says what it is', async () => {
    const sent: unknown[] = [];
    await examine({ ...healthy, channels: [{ name: 'webhook', send: async (message) => void sent.push(message) }] });
    expect(sent).toMatchObject([{ name: 'Twohop', firing: [{ key: 'test', title: 'this is a test' }], resolved: [] }]);
  });
});

describe('a deployment that is open', () => {
  it.each<['fail' | 'warn' | 'unchecked', string, Web, number?]>([
    ['fail', 'health: /healthz says 503', { 'https://api.example.com/healthz': 503 }],
    ['fail', 'health: /readyz says 503', { 'https://api.example.com/readyz': 503 }],
    [
      'fail',
      'health: https://api.example.com does not answer: nobody',
      { 'https://api.example.com/readyz': new Error('nobody') },
    ],
    ['fail', 'strangers: a call without a token gets 200', { 'https://api.example.com/trpc/account.me': 200 }],
    [
      'unchecked',
      'strangers: not checked, because the deployment does not answer',
      { 'https://api.example.com/trpc/account.me': new Error('x') },
    ],
    [
      'fail',
      'emulator: an unsigned token, as the emulator makes, gets 200',
      { 'https://api.example.com/trpc/account.me signed by nobody': 200 },
    ],
    [
      'unchecked',
      'emulator: not checked, because it answers 503',
      { 'https://api.example.com/trpc/account.me signed by nobody': 503 },
    ],
    ['fail', 'metrics: /metrics gets 200 on the public port', { 'https://api.example.com/metrics': 200 }],
    ['warn', 'clock: its clock and this one are 30 s apart', {}, NOW_MS - 30_000],
    ['fail', 'clock: its clock and this one are 300 s apart', {}, NOW_MS + 300_000],
    [
      'unchecked',
      'clock: not checked, because its replies have no date',
      { 'https://api.example.com/healthz': new Response('') },
    ],
    ['fail', 'model: the model answers 400 without the key', { 'https://ml.example.com/v1/embeddings': 400 }],
    ['fail', 'model: the model opens to "changeme"', { 'https://ml.example.com/v1/embeddings changeme': 400 }],
    ['fail', 'model: the server’s key gets 401', { [`https://ml.example.com/v1/embeddings ${env.ML_KEY}`]: 401 }],
    [
      'unchecked',
      'model: not checked, because https://ml.example.com does not answer from here',
      { 'https://ml.example.com/v1/embeddings': new Error('x') },
    ],
    [
      'warn',
      'firebase key: sign-in is allowed from localhost',
      { [GOOGLE]: Response.json({ authorizedDomains: ['localhost'] }) },
    ],
    [
      'fail',
      'firebase key: Google refuses the web API key: API key not valid',
      { [GOOGLE]: Response.json({ error: { message: 'API key not valid' } }, { status: 400 }) },
    ],
    ['unchecked', 'firebase key: not checked, because Google does not answer from here', { [GOOGLE]: new Error('x') }],
  ])('%s: %s', async (level, expected, change, dateMs) => {
    expect(of(await examine({ ...healthy, ...web(change, dateMs) }), level)).toContainEqual(expect.stringContaining(expected));
  });

  it('over http, where strangers are on the way', async () => {
    const findings = await examine({
      ...healthy,
      target: new URL('http://api.example.com'),
      model: new URL('http://ml.example.com'),
      fetch: (url, init) => healthy.fetch(new URL(url.href.replace('http:', 'https:')), init),
    });
    expect(of(findings, 'fail')).toEqual([
      'health: tokens travel unencrypted',
      'model: the model’s key travels unencrypted to this address',
    ]);
  });

  it('a key that is bound to its pages is restricted', async () => {
    const bound = Response.json({ error: { message: 'Requests from referer <empty> are blocked.' } }, { status: 403 });
    expect(of(await examine({ ...healthy, ...web({ [GOOGLE]: bound }) }), 'ok')).toContainEqual(
      expect.stringContaining('firebase key: the web API key does not work from everywhere'),
    );
  });
});

it('random keys are far from words and rows', () => {
  expect(bitsOf('a'.repeat(64))).toBe(0);
  expect(bitsOf('abababababababababababababababab')).toBe(32);
  for (let times = 0; times < 100; times++) {
    expect(bitsOf(randomBytes(24).toString('base64url'))).toBeGreaterThan(110);
    expect(bitsOf(randomBytes(32).toString('hex'))).toBeGreaterThan(110);
  }
});
