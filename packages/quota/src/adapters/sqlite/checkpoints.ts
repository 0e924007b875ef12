import { Worker } from 'node:worker_threads';
import { endThread } from './end-thread.ts';

export interface Checkpointer {
  close(): Promise<void>;
}

/** 4 MiB. A longer one would be moved more seldom, but each of its pages is new to the disk once, and that costs a commit more. */
const LOG_PAGES = 2_048;

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
