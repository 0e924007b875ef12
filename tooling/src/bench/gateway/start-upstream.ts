import { join } from 'node:path';
import { freePort } from '../../ports.ts';
import type { Supervisor } from '../../processes.ts';

/** Starts what stands behind every gateway of a bench; resolves with its address. */
export async function startUpstream(supervisor: Supervisor): Promise<string> {
  const port = await freePort();
  await supervisor.start({
    name: 'upstream',
    command: process.execPath,
    args: [join(import.meta.dirname, 'upstream.ts'), '--port', String(port)],
    ready: { url: `http://127.0.0.1:${port}/readyz` },
  });
  return `http://127.0.0.1:${port}`;
}
