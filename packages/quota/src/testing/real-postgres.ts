import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real PostgreSQL in a process of its own, which ends with this one. */
export interface RealPostgres {
  readonly url: string;
  /** `kill`, `start` (again, on the same data), or a signal's name. */
  tell(what: 'kill' | 'start' | NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** The house's tools start it. They stand above this package, so they are run here and not imported. */
const tool = fileURLToPath(new URL('../../../../tooling/src/postgres/serve.ts', import.meta.url));

export async function realPostgres(): Promise<RealPostgres> {
  const child = spawn(process.execPath, [tool], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PostgreSQL could not be started, or ended');
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
