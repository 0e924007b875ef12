import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { ChannelSettings, WebhookFormat } from './alerts/channels.ts';
import { type CheckedConfig, checkConfig } from './define-config.ts';
import { originProblem, proxyProblem } from './exact-entries.ts';

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );
const port = z.coerce.number().int().min(0).max(65_535);

const providerUrl = z.url({ protocol: /^https?$/ });

const DEVELOPMENT_KEY = 'twohop-development-key';

const Environment = z.object({
  TWOHOP_ENV: z.enum(['production', 'development']).default('production'),
  TWOHOP_CONFIG: z.string().default('twohop.config.ts'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8787),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: port.default(9464),
  AUTH_PROVIDER: z.enum(['firebase', 'oidc']).default('firebase'),
  FIREBASE_PROJECT_ID: z.string().optional(),
  FIREBASE_AUTH_EMULATOR_HOST: z.string().optional(),
  FIREBASE_API_KEY: z.string().optional(),
  FIREBASE_USER_CHECKS: z.enum(['on', 'off']).default('on'),
  OIDC_ISSUER: providerUrl.optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_JWKS_URL: providerUrl.optional(),
  OIDC_USERINFO_URL: providerUrl.optional(),
  APP_CHECK: z.enum(['off', 'on', 'once']).default('off'),
  ML_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8000'),
  // Two while one is replaced.
  ML_KEY: list.prefault(DEVELOPMENT_KEY).refine((keys) => keys.length > 0, 'must not be empty'),
  ML_KEY_SINCE: z.iso.date().optional(),
  ML_AUTH: z.enum(['key', 'google']).default('key'),
  HASH_KEY: z.string().default(DEVELOPMENT_KEY),
  LEDGER_URL: z.string().default('sqlite:.data/ledger.db'),
  RATE_URL: z.string().default('memory:'),
  RESULTS_URL: z.string().default('memory:'),
  ADMIN_EMAILS: list,
  ALLOWED_ORIGINS: list,
  TRUST_PROXY: list,
  DRAIN_SECONDS: z.coerce.number().min(0).max(60).optional(),
  GRACE_SECONDS: z.coerce.number().min(1).max(3_600).default(25),
  ALERT_NAME: z.string().default('Twohop'),
  ALERT_WEBHOOK_URL: providerUrl.optional(),
  ALERT_WEBHOOK_FORMAT: z.enum(['json', 'slack', 'discord']).optional(),
  // What `openssl rand -base64 32` prints.
  ALERT_WEBHOOK_SECRET: z
    .string()
    .regex(/^(?:whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/, 'must be base64 of at least 24 bytes')
    .optional(),
  ALERT_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be smtps://<user>:<password>@<host> or smtp://…' }).optional(),
  ALERT_EMAIL_FROM: z.string().optional(),
  ALERT_EMAIL_TO: list,
  OTEL_EXPORTER_OTLP_ENDPOINT: providerUrl.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export interface Config extends CheckedConfig {
  readonly environment: 'production' | 'development';
  readonly host: string;
  readonly port: number;
  readonly metrics: { readonly host: string; readonly port: number };
  readonly auth: AuthConfig;
  /** Null: off. `once`: what changes or spends needs a token that nobody has used before. */
  readonly appCheck: { readonly projectId: string; readonly once: boolean } | null;
  /** `google`: an ID token opens what stands in front of the model, beside the keys. */
  readonly ml: {
    readonly url: string;
    readonly keys: readonly string[];
    /** Day on which the first of the keys was made, where it is known. */
    readonly keySince: string | null;
    readonly auth: 'key' | 'google';
  };
  readonly hashKey: string;
  readonly ledgerUrl: string;
  readonly rateUrl: string;
  readonly resultsUrl: string;
  /** Verified addresses that may use the admin procedures. */
  readonly adminEmails: readonly string[];
  /** Null: there is no console. */
  readonly console: ConsoleSignIn | null;
  readonly allowedOrigins: readonly string[];
  /** Addresses or CIDR blocks of our own proxies. A count would let a client write its own address. */
  readonly trustProxy: readonly string[];
  /** How long after a SIGTERM this process serves on while it says that it is not ready. */
  readonly drainMs: number;
  /** How long calls in flight then get to end. */
  readonly graceMs: number;
  /** Whether spans are exported; where to and how many is read by OpenTelemetry itself. */
  readonly traced: boolean;
  readonly logLevel: string;
  /** What this deployment calls itself in an alert. */
  readonly alertName: string;
  readonly alertChannels: ChannelSettings;
}

/** How the operator's page signs its users in: none of it is secret. */
export interface ConsoleSignIn {
  readonly apiKey: string;
  readonly projectId: string;
  /** Origin of the Auth emulator; null: it is Google's own. */
  readonly emulator: string | null;
}

/** Who says who a user is. */
export type AuthConfig =
  | { readonly provider: 'firebase'; readonly projectId: string; readonly emulated: boolean; readonly userChecks: boolean }
  | {
      readonly provider: 'oidc';
      readonly issuer: string;
      readonly audience: string;
      readonly jwksUrl: string | null;
      readonly userinfoUrl: string | null;
    };

/** A setting that is missing, malformed or unsafe. The message names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The only reader of the environment. Production is the default, and refuses what only development may have. `plans` gets what
 * stands in twohop.config.ts: a host without files has it along.
 *
 * @throws ConfigError naming the setting and what is allowed.
 */
export async function loadConfig(env: NodeJS.ProcessEnv = process.env, plans = importPlans): Promise<Config> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${String(issue?.path[0])}: ${issue?.message ?? 'is not valid'}`);
  }
  const settings = parsed.data;
  refuseUnsafe(settings);
  return {
    environment: settings.TWOHOP_ENV,
    host: settings.HOST,
    port: settings.PORT,
    metrics: { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    auth: authOf(settings),
    appCheck: settings.APP_CHECK === 'off' ? null : { projectId: projectOf(settings), once: settings.APP_CHECK === 'once' },
    ml: { url: settings.ML_URL, keys: settings.ML_KEY, keySince: settings.ML_KEY_SINCE ?? null, auth: settings.ML_AUTH },
    hashKey: settings.HASH_KEY,
    ledgerUrl: settings.LEDGER_URL,
    rateUrl: settings.RATE_URL,
    resultsUrl: settings.RESULTS_URL,
    adminEmails: settings.ADMIN_EMAILS.map((email) => email.toLowerCase()),
    console: consoleOf(settings),
    allowedOrigins: settings.ALLOWED_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
    drainMs: (settings.DRAIN_SECONDS ?? (settings.TWOHOP_ENV === 'production' ? 5 : 0)) * 1000,
    graceMs: settings.GRACE_SECONDS * 1000,
    traced: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logLevel: settings.LOG_LEVEL,
    alertName: settings.ALERT_NAME,
    alertChannels: alertChannelsOf(settings),
    ...(await checkedPlans(settings.TWOHOP_CONFIG, plans)),
  };
}

type Settings = z.output<typeof Environment>;

function authOf(settings: Settings): AuthConfig {
  if (settings.AUTH_PROVIDER === 'firebase') {
    const emulated = settings.FIREBASE_AUTH_EMULATOR_HOST !== undefined;
    return { provider: 'firebase', projectId: projectOf(settings), emulated, userChecks: settings.FIREBASE_USER_CHECKS === 'on' };
  }
  return {
    provider: 'oidc',
    issuer: required(settings.OIDC_ISSUER, 'OIDC_ISSUER: is required: the `iss` of your tokens'),
    audience: required(settings.OIDC_AUDIENCE, 'OIDC_AUDIENCE: is required: the `aud` of your tokens'),
    jwksUrl: settings.OIDC_JWKS_URL ?? null,
    userinfoUrl: settings.OIDC_USERINFO_URL ?? null,
  };
}

/** Where nobody could sign in to it, nothing is served. */
function consoleOf(settings: Settings): ConsoleSignIn | null {
  const { FIREBASE_AUTH_EMULATOR_HOST: emulator, FIREBASE_API_KEY: key, ADMIN_EMAILS: admins } = settings;
  const apiKey = key ?? (emulator === undefined ? undefined : 'emulator');
  if (settings.AUTH_PROVIDER !== 'firebase' || admins.length === 0 || apiKey === undefined) return null;
  return { apiKey, projectId: projectOf(settings), emulator: emulator === undefined ? null : `http://${emulator}` };
}

const knownHosts: Readonly<Record<string, WebhookFormat>> = { 'hooks.slack.com': 'slack', 'discord.com': 'discord' };

function alertChannelsOf(settings: Settings): ChannelSettings {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_FORMAT: format, ALERT_WEBHOOK_SECRET: secret = null } = settings;
  const webhook = url === undefined ? null : { url, secret, format: format ?? knownHosts[new URL(url).hostname] ?? 'json' };
  const { ALERT_SMTP_URL: smtpUrl, ALERT_EMAIL_FROM: from, ALERT_EMAIL_TO: to } = settings;
  if (smtpUrl === undefined) return { webhook, smtp: null };
  if (to.length === 0) throw new ConfigError('ALERT_EMAIL_TO: is required with ALERT_SMTP_URL: who is told');
  const sender = required(from, 'ALERT_EMAIL_FROM: is required with ALERT_SMTP_URL: the address that alerts come from');
  // Whoever is on the way would read the password.
  const requireTls = !isLoopback(new URL(smtpUrl).hostname);
  return { webhook, smtp: { url: smtpUrl, from: sender, to, requireTls } };
}

const projectOf = (settings: Settings): string =>
  required(settings.FIREBASE_PROJECT_ID, 'FIREBASE_PROJECT_ID: is required: the id of your Firebase project');

function required(value: string | undefined, message: string): string {
  if (value === undefined) throw new ConfigError(message);
  return value;
}

function refuseUnsafe(settings: Settings): void {
  refuseEntries('ALLOWED_ORIGINS', settings.ALLOWED_ORIGINS.map(originProblem));
  refuseEntries('TRUST_PROXY', settings.TRUST_PROXY.map(proxyProblem));
  if (settings.TWOHOP_ENV === 'development') {
    for (const name of ['HOST', 'METRICS_HOST'] as const) {
      if (!isLoopback(settings[name]))
        throw new ConfigError(`${name}: TWOHOP_ENV=development listens on loopback only, got ${settings[name]}`);
    }
    return;
  }
  if (settings.FIREBASE_AUTH_EMULATOR_HOST !== undefined) {
    throw new ConfigError('FIREBASE_AUTH_EMULATOR_HOST: accepts unsigned tokens, so it needs TWOHOP_ENV=development');
  }
  for (const name of ['OIDC_ISSUER', 'OIDC_JWKS_URL', 'OIDC_USERINFO_URL'] as const) {
    if (/^http:/i.test(settings[name] ?? ''))
      throw new ConfigError(`${name}: must be https, or anybody on the way signs users in`);
  }
  const webhook = settings.ALERT_WEBHOOK_URL;
  if (webhook !== undefined && !webhook.startsWith('https:') && !isLoopback(new URL(webhook).hostname))
    throw new ConfigError('ALERT_WEBHOOK_URL: must be https: an alert says who attacks and what is spent');
  if (settings.ML_AUTH === 'google' && !settings.ML_URL.startsWith('https:'))
    throw new ConfigError('ML_AUTH: google sends an ID token, so ML_URL must be https');
  for (const [name, keys] of [['ML_KEY', settings.ML_KEY] as const, ['HASH_KEY', [settings.HASH_KEY]] as const]) {
    if (keys.some((key) => key === DEVELOPMENT_KEY || key.length < 32))
      throw new ConfigError(`${name}: must be a secret of at least 32 characters`);
  }
}

function refuseEntries(name: string, problems: readonly (string | null)[]): void {
  const problem = problems.find((each) => each !== null);
  if (problem) throw new ConfigError(`${name}: ${problem}`);
}

/** Of a host as a setting names it, or as a URL does. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host);

async function checkedPlans(path: string, plans: typeof importPlans): Promise<CheckedConfig> {
  try {
    return checkConfig(await plans(path));
  } catch (error) {
    throw new ConfigError(`TWOHOP_CONFIG (${path}): ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function importPlans(path: string): Promise<unknown> {
  return ((await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }).default;
}
