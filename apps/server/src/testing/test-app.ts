import { type Deps, untraced } from '@twohop/api';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type AppOptions, buildApp } from '../app.ts';
import type { FirstHop } from '../first-hop.ts';

// The transport under test never gets as far as money or a model: whatever it should have stopped fails the test by name.
const unreachable = new Proxy({}, { get: (_target, name) => Promise.reject(new Error(`${String(name)} must not be reached`)) });

export interface TestHop {
  readonly hop: FirstHop;
  /** Codes of what was refused before any procedure ran. */
  readonly refused: string[];
  /** How many tokens were looked at. */
  verified(): number;
}

export interface TestApp extends TestHop {
  readonly app: FastifyInstance;
}

type Own<O extends FirstHop> = Partial<Omit<O, 'deps'>> & Pick<O, 'ipRates'> & { readonly deps?: Partial<Deps> };

/** The real app before an identity provider that refuses every token. */
export async function testApp({
  trustProxy = [],
  console = null,
  logger = pino({ level: 'silent' }),
  ...own
}: Own<AppOptions>): Promise<TestApp> {
  const tested = testHop(own);
  return { ...tested, app: await buildApp({ ...tested.hop, trustProxy, logger, console }) };
}

/** The same without anything that speaks HTTP. */
export function testHop({ deps: own, ...more }: Own<FirstHop>): TestHop {
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
  const hop: FirstHop = {
    deps,
    allowedOrigins: ['chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    ipRequestsPerMinute: 1_000,
    refused: (code) => refused.push(code),
    ready: async () => true,
    draining: () => false,
    ...more,
  };
  return { hop, refused, verified: () => verified };
}
