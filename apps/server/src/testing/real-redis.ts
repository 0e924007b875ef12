import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real Redis in a process of its own, which ends with this one. */
export interface RealRedis {
  readonly url: string;
  signal(name: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** The house's tools start it. They stand above this package, so they are run here and not imported. */
const tool = fileURLToPath(new URL('../../../../tooling/src/redis/serve.ts', import.meta.url));

export async function realRedis(): Promise<RealRedis> {
  const child = spawn(process.execPath, [tool], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('Redis could not be started, or ended');
    return value;
  };
  return {
    url: await line(),
    signal: async (name) => {
      child.stdin.write(`${name}\n`);
      await line();
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
