import { Worker } from 'node:worker_threads';
import { endThread } from './end-thread.ts';

export interface Checkpointer {
  close(): Promise<void>;
}

/**
 * Half a MiB. While pages go to the disk a commit waits behind them, and those of many users stand all over a large file: few at a
 * time make it wait for milliseconds where a longer log makes it wait for tens.
 */
const LOG_PAGES = 256;

/** Without it the writer empties the log itself, now and then in front of its callers: its end takes nothing with it. */
export function startCheckpointer(path: string, logPages = LOG_PAGES): Checkpointer {
  const thread = new Worker(new URL('./checkpointer.ts', import.meta.url), { workerData: { path, logPages } });
  thread.unref();
  let isThere = true;
  const end = () => {
    isThere = false;
  };
  thread.on('error', end).on('exit', end);
  return {
    close: async () => {
      if (isThere) await endThread(thread);
    },
  };
}
