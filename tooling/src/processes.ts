import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { awaitReady, type Ending, type Readiness } from './readiness.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface ProcessSpec {
  /** How messages call it: `server`, `ml-service`. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** On top of the environment of this process. `undefined` removes a variable. */
  readonly env?: Env;
  readonly ready: Readiness;
  readonly readyWithinMs?: number;
  /** What it gets between the polite signal and SIGKILL. */
  readonly graceMs?: number;
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Milliseconds from the start until it was ready. */
  readonly readyMs: number;
  /** The last lines of its output, oldest first. */
  log(): readonly string[];
  /** To the whole group, without waiting for what it does: see `ended`. */
  signal(signal: NodeJS.Signals): void;
  /** SIGINT to the group, SIGKILL after the grace. Resolves when nothing of the group is left. */
  stop(): Promise<void>;
  readonly ended: Promise<Ending>;
}

export interface Supervisor {
  /** Resolves when it is ready; throws `ProcessFailed` with the tail of its log when it isn't in time. */
  start(spec: ProcessSpec): Promise<Running>;
  /** Stops everything, the last started first. Nothing of the groups is left afterwards. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  /** Called with each line of output, as it comes. */
  readonly onLine?: (name: string, line: string) => void;
  /** A folder of these processes, deleted after the last of them. */
  readonly scratch?: string;
}

export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
  constructor(message: string, log: readonly string[]) {
    super(log.length === 0 ? message : `${message} Its last lines:\n${log.map((line) => `  │ ${line}`).join('\n')}`);
  }
}

const keptLines = 200;
const shownLines = 25;
const defaultReadyMs = 150_000;
const defaultGraceMs = 8_000;
const lastWordsMs = 250;

/**
 * Starts processes, each in its own group, and guarantees that none outlives this one: `stop` ends them in order, and
 * should this process die without it (kill -9), a shell of a few lines sees its end and does the rest.
 */
export const createSupervisor = (options: SupervisorOptions = {}): Supervisor => {
  const mark = { name: 'TWOHOP_SUPERVISOR', value: randomUUID() };
  const reaper = startReaper(`${mark.name}=${mark.value}`, options.scratch ?? '');
  const running: Running[] = [];
  let stopped: Promise<void> | undefined;
  const stopAll = async () => {
    for (const each of running.toReversed()) await each.stop();
    await reaper.end();
  };
  return {
    start: async (spec) => {
      if (stopped) throw new ProcessFailed(`${spec.name} was not started: everything is being stopped.`, []);
      const started = spawn({ ...spec, env: { ...spec.env, [mark.name]: mark.value } }, options);
      reaper.tell(`add ${started.pid}`);
      running.push(started);
      void started.ended.then(() => {
        if (!groupAlive(started.pid)) reaper.tell(`del ${started.pid}`);
      });
      try {
        const readyMs = await readyOf(started, spec);
        return { ...started, readyMs };
      } catch (error) {
        await started.stop();
        throw error;
      }
    },
    stop: () => (stopped ??= stopAll()),
  };
};

const startReaper = (mark: string, scratch: string) => {
  const script = fileURLToPath(new URL('reaper.sh', import.meta.url));
  const shell = execa('sh', [script, mark, scratch], {
    detached: true,
    cleanup: false,
    reject: false,
    stdout: 'ignore',
    stderr: 'ignore',
  });
  shell.nodeChildProcess.unref();
  shell.stdin.on('error', () => undefined);
  return {
    tell: (line: string) => shell.stdin.write(`${line}\n`),
    end: async () => {
      shell.stdin.end();
      await shell;
    },
  };
};

const readyOf = async (started: Running & Watched, spec: ProcessSpec): Promise<number> => {
  const beganMs = performance.now();
  const withinMs = spec.readyWithinMs ?? defaultReadyMs;
  const outcome = await awaitReady(spec.ready, { withinMs, ended: started.ended, onLine: started.onLine });
  if (outcome.ready) return Math.round(performance.now() - beganMs);
  const why = outcome.ending ? `${describe(outcome.ending)} before it was ready.` : `was not ready within ${withinMs / 1000} s.`;
  throw new ProcessFailed(`${spec.name} ${why}`, started.log().slice(-shownLines));
};

/** `ended with code 1`, `was ended by SIGKILL`. */
export const describe = (ending: Ending): string =>
  ending.signal
    ? `was ended by ${ending.signal}`
    : ending.code === undefined
      ? 'could not be started'
      : `ended with code ${ending.code}`;

interface Watched {
  /** Past lines at once, then each as it comes. */
  onLine(listener: (line: string) => void): void;
}

const spawn = (spec: ProcessSpec, options: SupervisorOptions): Running & Watched => {
  const child = execa(spec.command, spec.args ?? [], {
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    env: { ...process.env, ...spec.env },
    extendEnv: false,
    stdin: 'ignore',
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const read = async (from: 'stdout' | 'stderr') => {
    for await (const line of child.iterable({ from })) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      for (const listener of listeners) listener(line);
      options.onLine?.(spec.name, line);
    }
  };
  const reading = Promise.all([read('stdout'), read('stderr')]).catch(() => undefined);
  const ended = new Promise<Ending>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => {
      // Its last words are still in the pipe; a grandchild may hold that open, so they are not waited for without end.
      const settle = () => resolve({ code: code ?? undefined, signal: signal ?? undefined });
      void Promise.race([reading, new Promise((done) => setTimeout(done, lastWordsMs))]).then(settle);
    });
    child.nodeChildProcess.once('error', (error) => {
      lines.push(error.message);
      resolve({ code: undefined, signal: undefined });
    });
  });
  const pid = child.pid ?? 0;
  return {
    name: spec.name,
    pid,
    readyMs: 0,
    log: () => lines,
    onLine: (listener) => {
      for (const line of lines) listener(line);
      listeners.add(listener);
    },
    signal: (signal) => signalGroup(pid, signal),
    stop: () => stopGroup(pid, spec.graceMs ?? defaultGraceMs),
    ended,
  };
};

const signalGroup = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  if (pid === 0) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
};

const groupAlive = (pid: number): boolean => signalGroup(pid, 0);

const pollMs = 20;
/** In a container without an init process the dead stay in the table: past this, a group is taken for ended. */
const zombieMs = 2_000;

const stopGroup = async (pid: number, graceMs: number): Promise<void> => {
  signalGroup(pid, 'SIGINT');
  const killAtMs = performance.now() + graceMs;
  while (groupAlive(pid) && performance.now() < killAtMs + zombieMs) {
    if (performance.now() > killAtMs) signalGroup(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};
