import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real PostgreSQL or Redis in a process of its own, which ends with this one. */
export interface RealServer {
  readonly url: string;
  /** A signal's name; PostgreSQL also `kill` and `start` (again, on the same data). */
  tell(what: 'kill' | 'start' | NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** The house's tools start it. They stand above the packages, so they are run here and not imported. */
const tool = fileURLToPath(new URL('../../../../tooling/src/serve-for-tests.ts', import.meta.url));

export async function realServer(kind: 'postgres' | 'redis'): Promise<RealServer> {
  const child = spawn(process.execPath, [tool, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${kind} could not be started, or ended`);
    return value;
  };
  return {
    url: await line(),
    tell: async (what) => {
      child.stdin.write(`${what}\n`);
      await line();
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
