import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';

/** Asks a thread to end, and waits until it has. */
export async function endThread(thread: Worker): Promise<void> {
  thread.ref();
  const exited = once(thread, 'exit');
  thread.postMessage('close');
  await exited;
}
