import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putRules, firestoreRemedy } from './firestore-emulator.ts';
import { refreshSession, signUp, type Credentials, type Session } from './identity.ts';
import { specOf, standardPorts, urlOf, wantedPorts, type Part, type Plan, type Ports } from './parts.ts';
import { assertPortsFree, freePort } from './ports.ts';
import { createSupervisor, type Env, type Running, type Supervisor } from './processes.ts';

export interface StackOptions {
  /** `auth`, `ml` and `server` unless said otherwise. The others' addresses are the same, whether or not they run. */
  readonly parts?: readonly Part[];
  /** Adds the Firestore emulator; throws with the remedy when the machine has none. */
  readonly firestore?: boolean;
  /** Free ports unless given. A given port that is in use throws `PortTaken`, which names its holder. */
  readonly ports?: Partial<Ports>;
  /** One of its own unless given: that of an Auth emulator that runs already. */
  readonly projectId?: string;
  /** Settings of ml-service and server, on top of those that join the parts. `undefined` removes one. */
  readonly env?: Env;
  readonly onLine?: (name: string, line: string) => void;
  /** Ends the start, and all that was started, when it aborts. Does nothing once the stack is up. */
  readonly signal?: AbortSignal;
  /** Each part as it becomes ready, with the milliseconds it took. */
  readonly onReady?: (part: Part, ms: number) => void;
}

/** A running stack on loopback. Everything of it is gone after `stop`, and after the end of this process in any case. */
export interface Stack {
  readonly ports: Ports;
  /** Without a trailing slash. */
  readonly urls: Readonly<Record<'server' | 'trpc' | 'metrics' | 'ml' | 'auth' | 'firestore', string>>;
  readonly projectId: string;
  /** The secret between server and ml-service, random per stack. */
  readonly mlKey: string;
  /** Holds `ledger.db`; deleted by `stop`. */
  readonly directory: string;
  /** A new user at the Auth emulator: anonymous without credentials. */
  signUp(credentials?: Credentials): Promise<Session>;
  refresh(session: Session): Promise<Session>;
  /** The process of a part that runs: pid, log, signal, ended. */
  process(part: Part): Running;
  /** Sends the signal to the part's group; resolves when it has ended. SIGKILL by default. */
  kill(part: Part, signal?: NodeJS.Signals): Promise<void>;
  /** Stops the part if it runs and starts it again on the same port, ledger and key, with these settings on top. */
  restart(part: Part, env?: Env): Promise<void>;
  stop(): Promise<void>;
}

const partsOf = ({ parts = ['auth', 'ml', 'server'], firestore = false }: StackOptions): readonly Part[] =>
  firestore ? [...parts, 'firestore'] : parts;

/** Starts the parts side by side and resolves when all are ready; nothing is left when one of them fails. */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const plan = await makePlan(options);
  const supervisor = createSupervisor({ scratch: plan.directory, ...(options.onLine ? { onLine: options.onLine } : {}) });
  const running = new Map<Part, Running>();
  const wanted = partsOf(options);
  const start = async (part: Part, env: Env) => {
    const process = await startPart({ part, plan: { ...plan, env: { ...plan.env, ...env } }, supervisor });
    running.set(part, process);
    options.onReady?.(part, process.readyMs);
  };
  const abort = () => void supervisor.stop();
  options.signal?.addEventListener('abort', abort);
  const started = await Promise.allSettled(wanted.map((part) => start(part, {})));
  options.signal?.removeEventListener('abort', abort);
  const failed = started.find((each) => each.status === 'rejected');
  if (failed || options.signal?.aborted) {
    await supervisor.stop();
    throw failed?.reason ?? options.signal?.reason;
  }
  return handle({ plan, running, start, stop: supervisor.stop });
};

const makePlan = async (options: StackOptions): Promise<Plan> => {
  const wanted = (Object.keys(standardPorts) as (keyof Ports)[]).map(
    async (name) => [name, options.ports?.[name] ?? (await freePort())] as const,
  );
  const ports = Object.fromEntries(await Promise.all(wanted)) as Record<keyof Ports, number>;
  const given = wantedPorts(ports, partsOf(options)).filter(({ port }) => Object.values(options.ports ?? {}).includes(port));
  await assertPortsFree(given);
  const directory = await mkdtemp(join(tmpdir(), 'twohop-'));
  const unique = randomBytes(4).toString('hex');
  return {
    ports,
    directory,
    projectId: options.projectId ?? `demo-twohop-${unique}`,
    mlKey: randomBytes(24).toString('base64url'),
    env: options.env ?? {},
  };
};

interface PartStart {
  readonly part: Part;
  readonly plan: Plan;
  readonly supervisor: Supervisor;
}

const startPart = async ({ part, plan, supervisor }: PartStart): Promise<Running> => {
  const spec = await specOf(part, plan);
  if (!spec) throw new Error(firestoreRemedy);
  const process = await supervisor.start(spec);
  if (part === 'firestore') await putRules(urlOf(plan.ports.firestore), plan.projectId);
  return process;
};

interface Parts {
  readonly plan: Plan;
  readonly running: Map<Part, Running>;
  start(part: Part, env: Env): Promise<void>;
  stop(): Promise<void>;
}

const handle = ({ plan, running, start, stop }: Parts): Stack => {
  const { ports, projectId, mlKey, directory } = plan;
  const server = urlOf(ports.server);
  const auth = urlOf(ports.auth);
  const urls = {
    server,
    auth,
    trpc: `${server}/trpc`,
    metrics: urlOf(ports.metrics),
    ml: urlOf(ports.ml),
    firestore: urlOf(ports.firestore),
  };
  const processOf = (part: Part): Running => {
    const process = running.get(part);
    if (!process) throw new Error(`The part "${part}" does not run in this stack.`);
    return process;
  };
  return {
    ports,
    urls,
    projectId,
    mlKey,
    directory,
    signUp: (credentials) => signUp(auth, credentials),
    refresh: (session) => refreshSession(auth, session),
    process: processOf,
    kill: async (part, signal = 'SIGKILL') => {
      processOf(part).signal(signal);
      await processOf(part).ended;
    },
    restart: async (part, env = {}) => {
      await running.get(part)?.stop();
      await start(part, env);
    },
    stop,
  };
};
