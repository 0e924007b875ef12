import { type Config, isLoopback } from '@twohop/server/settings';
import { fail, ok, ofConfig, type Patient, type Said, warn } from './finding.ts';

/** Would the server start? Its own reader says no by name. */
export const settings = ({ config }: Patient): Said[] =>
  config instanceof Error
    ? [fail(config.message, 'Set it as .env.example says; production is the default, `--env .env` reads a file.')]
    : config.environment === 'development'
      ? [warn('TWOHOP_ENV=development takes emulators and default keys', 'Leave TWOHOP_ENV away where strangers call.')]
      : [ok('the server would start with these settings')];

interface Combination {
  readonly when: (config: Config) => boolean;
  readonly said: (config: Config) => Said;
}

const several = ({ ledgerUrl }: Config): boolean => ledgerUrl.startsWith('postgres');
const production = ({ environment }: Config): boolean => environment === 'production';

/** Settings that are sound by themselves, and not together. */
const unsound: readonly Combination[] = [
  {
    when: ({ ml: { url } }) => url.startsWith('http:') && !isPrivate(new URL(url).hostname),
    said: ({ ml: { url } }) =>
      fail(`ML_URL ${url}: the key and the texts travel unencrypted`, 'Use https, or a private network.'),
  },
  {
    when: ({ ml: { keys }, hashKey, environment }) => environment === 'production' && keys.includes(hashKey),
    said: () => fail('HASH_KEY is ML_KEY: whoever runs the model can undo the ledger’s hashes', 'Make each its own secret.'),
  },
  {
    when: (config) => production(config) && !isLoopback(config.host) && config.trustProxy.length === 0,
    said: ({ host }) =>
      warn(
        `HOST ${host} without TRUST_PROXY: behind a proxy all users share one address and its limits`,
        'List your proxy in TRUST_PROXY.',
      ),
  },
  {
    when: ({ metrics }) => !isLoopback(metrics.host),
    said: ({ metrics }) =>
      warn(`METRICS_HOST ${metrics.host}: whoever reaches it reads your figures`, 'Keep it private, or behind a firewall.'),
  },
  {
    when: (config) => several(config) && config.rateUrl === 'memory:',
    said: () =>
      warn(
        'RATE_URL is memory: with a ledger for several servers: each counts its own requests a minute',
        'Point RATE_URL at a Redis.',
      ),
  },
  {
    when: (config) => several(config) && config.resultsUrl === 'memory:',
    said: () =>
      warn(
        'RESULTS_URL is memory: with a ledger for several servers: a retry elsewhere finds no result',
        'Point RESULTS_URL at a Redis.',
      ),
  },
  {
    when: ({ auth }) => auth.provider === 'firebase' && !auth.userChecks,
    said: () =>
      warn(
        'FIREBASE_USER_CHECKS is off: who is disabled stays in for up to an hour',
        'Give the server an account of the project.',
      ),
  },
  {
    when: (config) => production(config) && config.allowedOrigins.length === 0,
    said: () => warn('ALLOWED_ORIGINS is empty: no browser may call', 'List your extension’s and your pages’ exact origins.'),
  },
  {
    when: (config) => production(config) && config.adminEmails.length === 0,
    said: () => warn('ADMIN_EMAILS is empty: nobody can block a user or stop all runs', 'Name at least yourself.'),
  },
];

export const combinations = ofConfig((config) => {
  const found = unsound.filter(({ when }) => when(config)).map(({ said }) => said(config));
  return found.length > 0 ? found : [ok(`none of ${unsound.length} unsafe combinations`)];
});

/** Addresses that no stranger is on the way to; a name without a dot is one of a private network. */
const isPrivate = (host: string): boolean =>
  isLoopback(host) ||
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[f[cd])/.test(host) ||
  /\.(?:internal|local|svc|cluster\.local)$/.test(host) ||
  !host.includes('.');
