import { type Deps, untraced } from '@twohop/api';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppOptions, buildApp } from '../app.ts';

// The transport under test never gets as far as money or a model: whatever it should have stopped fails the test by name.
const unreachable = new Proxy({}, { get: (_target, name) => Promise.reject(new Error(`${String(name)} must not be reached`)) });

export interface TestApp {
  readonly app: FastifyInstance;
  /** Codes of what was refused before any procedure ran. */
  readonly refused: string[];
  /** How many tokens were looked at. */
  verified(): number;
}

type Options = Partial<Omit<AppOptions, 'deps'>> & Pick<AppOptions, 'ipRates'> & { readonly deps?: Partial<Deps> };

/** The real app before an identity provider that refuses every token. */
export async function testApp({ deps: own, ...more }: Options): Promise<TestApp> {
  const refused: string[] = [];
  let verified = 0;
  const deps: Deps = {
    identity: {
      verify: async () => {
        verified += 1;
        return { refused: 'auth.invalid' };
      },
    },
    attestation: unreachable as Deps['attestation'],
    clientVersions: { oldest: null, newest: null },
    rates: unreachable as Deps['rates'],
    quota: unreachable as Deps['quota'],
    policy: unreachable as Deps['policy'],
    model: unreachable as Deps['model'],
    admission: unreachable as unknown as Deps['admission'],
    accounts: unreachable as Deps['accounts'],
    results: unreachable as Deps['results'],
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    observe: () => undefined,
    operator: unreachable as unknown as Deps['operator'],
    traces: untraced,
    nowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
    hash: (text) => text,
    hashName: (text) => text,
    adminEmails: new Set(),
    ending: new AbortController().signal,
    wait: () => Promise.resolve(),
    ...own,
  };
  const app = await buildApp({
    deps,
    logger: pino({ level: 'silent' }),
    allowedOrigins: ['chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    trustProxy: [],
    ipRequestsPerMinute: 1_000,
    refused: (code) => refused.push(code),
    console: null,
    ready: async () => true,
    draining: () => false,
    ...more,
  });
  return { app, refused, verified: () => verified };
}
