import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountExport, Store } from '@twohop/quota';
import type { TwohopConfig } from '@twohop/server/config';
import { freePort } from '../ports.ts';
import type { Env, ProcessSpec, Running, Supervisor } from '../processes.ts';
import { redisSpec } from '../redis.ts';
import { root } from '../root.ts';
import type { Execution } from './behaviour.ts';
import { type Caller, callerOf } from './caller.ts';
import { WORST_US } from './limits.ts';
import { holdsWithin } from './poll.ts';
import type { FreshStore } from './proof-store.ts';
import { adminEmail, issuerOf, unsignedToken } from './token.ts';

const PROJECT = 'demo-twohop-prove';

export interface HouseOptions {
  readonly supervisor: Supervisor;
  /** For the config and the execution log. */
  readonly folder: string;
  readonly store: FreshStore;
  readonly config: TwohopConfig;
  readonly servers: number;
  /** What is in a real Redis instead of each server's memory. */
  readonly redis?: readonly ('RATE_URL' | 'RESULTS_URL')[];
}

/** A process that can be ended and started again at the same address. */
export interface Part {
  readonly name: string;
  signal(signal: NodeJS.Signals): void;
  log(): readonly string[];
  pid(): number;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Server extends Part, Caller {
  readonly metricsUrl: string;
}

/** Server processes on one store, with one fixture model behind them. */
export interface House {
  readonly servers: readonly Server[];
  readonly model: Part;
  /** Absent where nothing is in it. */
  readonly redis: Part | undefined;
  readonly ledger: Store;
  readonly store: FreshStore;
  tokenOf(uid: string): string;
  /** Puts a user on a plan, by the admin's procedure. */
  setPlan(uid: string, plan: string): Promise<void>;
  /** What the model executed so far. */
  executions(): Promise<Execution[]>;
  /** Resolves when a run of that tag has worked in the model. */
  ran(tag: string): Promise<void>;
  accountOf(uid: string): Promise<AccountExport>;
  /** The project's spend of the day, in micro-USD. */
  cap(): Promise<{ settled: number; held: number }>;
  stop(): Promise<void>;
}

let houses = 0;

export async function openHouse(options: HouseOptions): Promise<House> {
  const folder = options.folder;
  const name = `house-${++houses}`;
  const configPath = join(folder, `${name}.config.mjs`);
  const logPath = join(folder, `${name}.executions`);
  await writeFile(configPath, `export default ${JSON.stringify(options.config)};\n`);
  await writeFile(logPath, '');
  const modelPort = await freePort();
  const model = await startPart(options.supervisor, { name: `${name} model`, ...modelSpec(modelPort, logPath) });
  const redisPort = await freePort();
  const redis = options.redis ? await startPart(options.supervisor, await redisSpec(redisPort)) : undefined;
  const inRedis: Env = Object.fromEntries((options.redis ?? []).map((name) => [name, `redis://127.0.0.1:${redisPort}`]));
  const starting = Array.from({ length: options.servers }, async (_, index) => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const env = {
      TWOHOP_CONFIG: configPath,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LEDGER_URL: options.store.url,
      ...inRedis,
    };
    const spec = { name: `${name} server ${index}`, ...serverSpec(modelPort, env) };
    const part = await startPart(options.supervisor, spec);
    return { ...part, ...callerOf(`http://127.0.0.1:${port}`), metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
  });
  const servers = await Promise.all(starting);
  const ledger = await options.store.open();
  return handle({ servers, model, redis, ledger, store: options.store, logPath, modelUrl: `http://127.0.0.1:${modelPort}` });
}

interface Parts extends Pick<House, 'servers' | 'model' | 'redis' | 'ledger' | 'store'> {
  readonly logPath: string;
  readonly modelUrl: string;
}

function handle({ servers, model, redis, ledger, store, logPath, modelUrl }: Parts): House {
  const tokenOf = (uid: string) => unsignedToken(PROJECT, uid);
  return {
    servers,
    model,
    redis,
    ledger,
    store,
    tokenOf,
    setPlan: async (uid, plan) => {
      const input = { uid, plan, blocked: false };
      const { code } = (await servers[0]?.mutate('admin.setAccount', input, { token: tokenOf('operator') })) ?? {
        code: 'no server',
      };
      if (code !== 'ok') throw new Error(`admin.setAccount ended with ${code}`);
    },
    executions: async () => {
      // The last line may be half there: one that crosses a page of the file is written in two parts.
      const whole = (await readFile(logPath, 'utf8')).split('\n').slice(0, -1);
      return whole.filter(isEntry).map((line) => JSON.parse(line) as Execution);
    },
    ran: async (tag) => void (await fetch(`${modelUrl}/ran?tag=${encodeURIComponent(tag)}`)).body?.cancel(),
    accountOf: (uid) => ledger.exportAccount(`${issuerOf(PROJECT)}|${uid}`),
    cap: () => capOf(ledger),
    stop: async () => {
      await ledger.close();
      await Promise.all([...servers, model, ...(redis ? [redis] : [])].map((part) => part.kill()));
    },
  };
}

type Spec = Omit<ProcessSpec, 'name'>;

const ours = (script: string, ...args: readonly string[]) => ({
  command: process.execPath,
  args: [join(root, script), ...args],
  cwd: root,
});

const modelSpec = (port: number, logPath: string): Spec => ({
  ...ours('tooling/src/prove/fixture-model.ts', '--port', String(port), '--log', logPath, '--cost-us', String(WORST_US)),
  ready: { url: `http://127.0.0.1:${port}/readyz` },
});

const serverSpec = (modelPort: number, env: Env): Spec => ({
  ...ours('apps/server/src/main.ts'),
  env: {
    TWOHOP_ENV: 'development',
    HOST: '127.0.0.1',
    FIREBASE_PROJECT_ID: PROJECT,
    FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${modelPort}`,
    // Its users are made up: nobody could be asked about them.
    FIREBASE_USER_CHECKS: 'off',
    METADATA_SERVER_DETECTION: 'none',
    ML_URL: `http://127.0.0.1:${modelPort}`,
    ML_KEY: 'twohop-prove-key',
    ADMIN_EMAILS: adminEmail,
    RATE_URL: 'memory:',
    // What a store that is down writes stands at `warn` and above; one line a call would hide it.
    LOG_LEVEL: 'warn',
    ...env,
  },
  ready: { url: `http://127.0.0.1:${env['PORT']}/readyz` },
});

async function startPart(supervisor: Supervisor, spec: ProcessSpec): Promise<Part> {
  const start = (): Promise<Running> => supervisor.start(spec);
  let running = await start();
  return {
    name: spec.name,
    signal: (signal) => running.signal(signal),
    log: () => running.log(),
    pid: () => running.pid,
    kill: async () => {
      running.signal('SIGKILL');
      await running.ended;
    },
    start: async () => {
      running = await start();
    },
  };
}

const DAY_MS = 86_400_000;

async function capOf(ledger: Store): Promise<{ settled: number; held: number }> {
  const nowMs = Date.now();
  const line = { scope: 'cap-day', window: Math.floor(nowMs / DAY_MS), unit: 'microUsd', code: 'limit.spend_cap' } as const;
  const { lines } = await ledger.usage({
    owner: '',
    person: null,
    lines: [{ ...line, amount: 0, limit: 0, resetsAtMs: 0 }],
    nowMs,
  });
  return lines[0] ?? { settled: 0, held: 0 };
}

/** The user's day in the ledger; zeros before the first run. */
export function dayOf({ windows }: AccountExport): { settled: number; held: number } {
  const { settled, held } = windows.findLast(({ scope }) => scope === 'user-day') ?? { settled: 0, held: 0 };
  return { settled, held };
}

/** Waits until nothing of the user is held: settled by a reply, or given back by the end of a lease. */
export const quiet = (house: House, uid: string, withinMs = 10_000): Promise<boolean> =>
  holdsWithin(withinMs, async () => dayOf(await house.accountOf(uid)).held === 0);

/** A model that was killed in the middle of a line left its beginning. */
const isEntry = (line: string): boolean => line.endsWith('}');
