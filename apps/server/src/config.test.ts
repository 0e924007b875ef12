import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';
import { checkConfig, type TwohopConfig } from './define-config.ts';

const TWOHOP_CONFIG = new URL('../../../twohop.config.ts', import.meta.url).pathname;
const secret = 'a-secret-of-at-least-thirty-two-characters';
const production = { TWOHOP_CONFIG, FIREBASE_PROJECT_ID: 'my-app', ML_KEY: secret, HASH_KEY: secret };
const oidc = { ...production, AUTH_PROVIDER: 'oidc', OIDC_ISSUER: 'https://issuer.example/', OIDC_AUDIENCE: 'my-app' };
const development = { TWOHOP_CONFIG, FIREBASE_PROJECT_ID: 'demo-app', TWOHOP_ENV: 'development' };

describe('the environment', () => {
  it('production is the default, with the addresses of the docs', async () => {
    expect(await loadConfig(production)).toMatchObject({
      environment: 'production',
      host: '127.0.0.1',
      port: 8787,
      metrics: { host: '127.0.0.1', port: 9464 },
      ml: { url: 'http://127.0.0.1:8000', keys: [secret], keySince: null, auth: 'key' },
      ledgerUrl: 'sqlite:.data/ledger.db',
      rateUrl: 'memory:',
      resultsUrl: 'memory:',
      allowedOrigins: [],
      trustProxy: [],
      ipRequestsPerMinute: 300,
    });
  });

  it('an empty variable is an absent one, and lists are split', async () => {
    const config = await loadConfig({
      ...production,
      PORT: '',
      ALLOWED_ORIGINS: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop, https://b.example',
      TRUST_PROXY: '10.0.0.0/8',
    });
    expect(config).toMatchObject({
      port: 8787,
      allowedOrigins: ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', 'https://b.example'],
      trustProxy: ['10.0.0.0/8'],
    });
  });

  it('of two keys of the model the first is used', async () => {
    expect((await loadConfig({ ...production, ML_KEY: `${secret}, ${secret}2` })).ml.keys).toEqual([secret, `${secret}2`]);
  });

  it('there is a console where somebody can sign in to it', async () => {
    const admins = { ADMIN_EMAILS: 'Me@Example.com' };
    const consoleOf = async (settings: object) => (await loadConfig({ ...production, ...settings })).console;
    const signIn = { apiKey: 'key', projectId: 'my-app', emulator: null };
    expect(await consoleOf({ ...admins, FIREBASE_API_KEY: 'key' })).toEqual(signIn);
    for (const settings of [{}, admins, { FIREBASE_API_KEY: 'key' }, { ...oidc, ...admins, FIREBASE_API_KEY: 'key' }])
      expect(await consoleOf(settings)).toBeNull();
    const emulated = { ...development, ...admins, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' };
    expect((await loadConfig(emulated)).console).toEqual({
      apiKey: 'emulator',
      projectId: 'demo-app',
      emulator: 'http://127.0.0.1:9099',
    });
  });

  it('Firebase signs users in unless another issuer is chosen, by settings alone', async () => {
    expect(await loadConfig(production)).toMatchObject({
      auth: { provider: 'firebase', projectId: 'my-app', emulated: false, userChecks: true },
      clientVersions: { oldest: null, newest: null },
    });
    expect((await loadConfig({ ...oidc, FIREBASE_PROJECT_ID: '' })).auth).toEqual({
      provider: 'oidc',
      issuer: 'https://issuer.example/',
      audience: 'my-app',
      jwksUrl: null,
      userinfoUrl: null,
    });
  });

  it.each([
    ['on', false],
    ['once', true],
  ])('App Check %s', async (APP_CHECK, once) => {
    expect((await loadConfig(production)).appCheck).toBeNull();
    expect((await loadConfig({ ...production, APP_CHECK })).appCheck).toEqual({ projectId: 'my-app', once });
  });

  describe('alerts', () => {
    const hook = { ...production, ALERT_WEBHOOK_URL: 'https://hooks.example.com/x' };
    const mail = {
      ALERT_SMTP_URL: 'smtp://a:b@mail.example.com',
      ALERT_EMAIL_FROM: 'a@example.com',
      ALERT_EMAIL_TO: 'b@example.com, c@example.com',
    };

    it('go nowhere unless told where', async () => {
      const { alertChannels, alerts, alertName } = await loadConfig(production);
      expect({ alertChannels, alertName }).toEqual({ alertChannels: { webhook: null, smtp: null }, alertName: 'Twohop' });
      expect(alerts).toEqual({
        unauthorizedPer5Minutes: 50,
        newAccountsPerHour: 100,
        spendSlope: 4,
        quietMs: 3_600_000,
        keyDays: 180,
      });
    });

    it.each([
      ['https://hooks.slack.com/services/x', 'slack'],
      ['https://discord.com/api/webhooks/x', 'discord'],
      ['https://hooks.example.com/x', 'json'],
    ])('to %s are told as %s', async (url, format) => {
      const { alertChannels } = await loadConfig({ ...production, ALERT_WEBHOOK_URL: url });
      expect(alertChannels.webhook).toEqual({ url, format, secret: null });
    });

    it('go by e-mail as well, over TLS unless the mail server is this machine', async () => {
      const { smtp } = (await loadConfig({ ...hook, ...mail })).alertChannels;
      expect(smtp).toEqual({
        url: mail.ALERT_SMTP_URL,
        from: 'a@example.com',
        to: ['b@example.com', 'c@example.com'],
        requireTls: true,
      });
      const local = await loadConfig({ ...hook, ...mail, ALERT_SMTP_URL: 'smtp://127.0.0.1:25' });
      expect(local.alertChannels.smtp?.requireTls).toBe(false);
    });

    it.each([
      ['ALERT_WEBHOOK_URL: must be https', { ALERT_WEBHOOK_URL: 'http://hooks.example.com/x' }],
      ['ALERT_WEBHOOK_SECRET: must be base64', { ...hook, ALERT_WEBHOOK_SECRET: 'a secret that is none' }],
      ['ALERT_EMAIL_TO: is required', { ...mail, ALERT_EMAIL_TO: '' }],
      ['ALERT_EMAIL_FROM: is required', { ...mail, ALERT_EMAIL_FROM: '' }],
      ['ALERT_SMTP_URL: must be smtps://', { ...mail, ALERT_SMTP_URL: 'https://mail.example.com' }],
    ])('%s', async (message, env) => {
      await expect(loadConfig({ ...production, ...env })).rejects.toThrow(message);
    });
  });

  it('development starts with an emulator and without keys', async () => {
    expect(await loadConfig({ ...development, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' })).toMatchObject({
      environment: 'development',
    });
  });

  it.each([
    ['FIREBASE_PROJECT_ID: is required', { ...production, FIREBASE_PROJECT_ID: '' }],
    ['FIREBASE_AUTH_EMULATOR_HOST: accepts unsigned tokens', { ...production, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' }],
    ['AUTH_PROVIDER: ', { ...production, AUTH_PROVIDER: 'auth0' }],
    ['FIREBASE_USER_CHECKS: ', { ...production, FIREBASE_USER_CHECKS: 'no' }],
    ['OIDC_ISSUER: is required', { ...oidc, OIDC_ISSUER: '' }],
    ['OIDC_AUDIENCE: is required', { ...oidc, OIDC_AUDIENCE: '' }],
    ['OIDC_ISSUER: ', { ...oidc, OIDC_ISSUER: 'issuer.example' }],
    ['OIDC_ISSUER: must be https', { ...production, OIDC_ISSUER: 'http://issuer.example' }],
    ['OIDC_JWKS_URL: must be https', { ...production, OIDC_JWKS_URL: 'http://issuer.example/keys' }],
    ['OIDC_USERINFO_URL: must be https', { ...production, OIDC_USERINFO_URL: 'HTTP://issuer.example/userinfo' }],
    ['APP_CHECK: ', { ...production, APP_CHECK: 'maybe' }],
    ['FIREBASE_PROJECT_ID: is required', { ...oidc, FIREBASE_PROJECT_ID: '', APP_CHECK: 'on' }],
    ['ML_KEY: must be a secret of at least 32', { ...production, ML_KEY: '' }],
    ['ML_KEY: must be a secret of at least 32', { ...production, ML_KEY: 'short' }],
    ['ML_KEY: must be a secret of at least 32', { ...production, ML_KEY: `${secret},short` }],
    ['ML_KEY: must not be empty', { ...production, ML_KEY: ' , ' }],
    ['ML_KEY_SINCE: ', { ...production, ML_KEY_SINCE: 'last year' }],
    ['ML_AUTH: google sends an ID token, so ML_URL must be https', { ...production, ML_AUTH: 'google' }],
    ['ML_AUTH: ', { ...production, ML_AUTH: 'basic' }],
    ['HASH_KEY: must be a secret of at least 32', { ...production, HASH_KEY: '' }],
    ['PORT: ', { ...production, PORT: '99999' }],
    ['TWOHOP_ENV: ', { ...production, TWOHOP_ENV: 'staging' }],
    ['ML_URL: ', { ...production, ML_URL: 'ftp://x' }],
    ['ALLOWED_ORIGINS: "*"', { ...production, ALLOWED_ORIGINS: '*' }],
    ...['https://b.example/', 'https://*.b.example', 'b.example', 'null', 'chrome-extension://abc', 'HTTPS://b.example'].map(
      (origin): [string, NodeJS.ProcessEnv] => [
        `ALLOWED_ORIGINS: "${origin}" is no exact origin`,
        { ...production, ALLOWED_ORIGINS: origin },
      ],
    ),
    ...['1', '10.0', 'loopback', '10.0.0.0/33', '10.0.0.1/8/8', 'proxy.example'].map((entry): [string, NodeJS.ProcessEnv] => [
      'TRUST_PROXY: must list addresses',
      { ...production, TRUST_PROXY: entry },
    ]),
    ...['0.0.0.0/0', '::/0'].map((entry): [string, NodeJS.ProcessEnv] => [
      `TRUST_PROXY: "${entry}" is everybody`,
      { ...production, TRUST_PROXY: entry },
    ]),
    ['TRUST_PROXY: must list addresses', { ...production, TRUST_PROXY: 'true' }],
    ['DRAIN_SECONDS: ', { ...production, DRAIN_SECONDS: '61' }],
    ['GRACE_SECONDS: ', { ...production, GRACE_SECONDS: '0' }],
    ['HOST: TWOHOP_ENV=development listens on loopback', { ...development, HOST: '0.0.0.0' }],
    ['HOST: TWOHOP_ENV=development listens on loopback', { ...development, HOST: '127.example.com' }],
    ['METRICS_HOST: TWOHOP_ENV=development listens on loopback', { ...development, METRICS_HOST: '0.0.0.0' }],
    ['TWOHOP_CONFIG (nowhere.ts): ', { ...production, TWOHOP_CONFIG: 'nowhere.ts' }],
  ])('refuses to start: %s', async (message, env) => {
    await expect(loadConfig(env)).rejects.toThrow(ConfigError);
    await expect(loadConfig(env)).rejects.toThrow(message);
  });
});

describe('twohop.config.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'twohop-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const sound: TwohopConfig = {
    plans: { free: { requestsPerMinute: 30, concurrentRuns: 3, computeDaySeconds: 300, computeMonthSeconds: 3_000 } },
    defaultPlan: 'free',
    anonymousPlan: 'free',
    ip: { requestsPerMinute: 300, computeDaySeconds: 900 },
    anonymousPool: { computeDaySeconds: 1_800 },
    cap: { dayUsd: 5, monthUsd: 50 },
    price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'test' },
    run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
    keepReceiptsDays: 400,
  };

  const hosting = { model: 'a', firstHop: 'b', database: 'c', signIn: 'd', modelInstances: 1, serverInstances: 2 };

  it('says where it runs, or nothing of it', () => {
    expect(checkConfig({ ...sound, hosting }).hosting).toEqual(hosting);
    expect(checkConfig(sound).hosting).toBeNull();
  });

  it('becomes whole microseconds and micro-USD', () => {
    expect(checkConfig(sound).policy).toMatchObject({
      plans: { free: { computeDayUs: 300_000_000 } },
      cap: { dayMicroUsd: 5_000_000 },
      price: { nanoUsdPerSecond: 40_000 },
      run: { deadlineMs: 20_000, leaseMs: 30_000 },
    });
  });

  it.each<[string, unknown]>([
    ['price.usdPerComputeSecond: ', { ...sound, price: { ...sound.price, usdPerComputeSecond: 0 } }],
    ['price: ', { ...sound, price: undefined }],
    ['cap: ', { ...sound, cap: undefined }],
    ['cap.dayMicroUsd is 1, but one run may use', { ...sound, cap: { dayUsd: 0.000001, monthUsd: 1 } }],
    ['plans.free.computeDaySeconds: ', { ...sound, plans: { free: { ...sound.plans['free'], computeDaySeconds: Number.NaN } } }],
    ['anonymousPlan is "none"', { ...sound, anonymousPlan: 'none' }],
    ['clientVersions.oldest: must be a version like 1.2.3', { ...sound, clientVersions: { oldest: '1.x' } }],
    ['hosting.modelInstances: ', { ...sound, hosting: { ...hosting, modelInstances: 0 } }],
    ['config: ', { ...sound, colour: 'red' }],
  ])('refuses what is wrong by name: %s', (message, file) => {
    expect(() => checkConfig(file)).toThrow(message);
  });

  it('a window of client versions becomes numbers', () => {
    const clientVersions = { oldest: '1.2.3', newest: '2' };
    expect(checkConfig({ ...sound, clientVersions }).clientVersions).toEqual({ oldest: [1, 2, 3], newest: [2] });
  });

  it('names the file in the message', async () => {
    const path = join(folder, 'bad.config.ts');
    writeFileSync(path, 'export default { plans: 7 };');
    await expect(loadConfig({ ...production, TWOHOP_CONFIG: path })).rejects.toThrow(
      /^TWOHOP_CONFIG \(.*bad\.config\.ts\): plans: /,
    );
  });
});
