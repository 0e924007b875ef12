import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Store } from '../ports.ts';
import { laneStore } from './lane-store.ts';
import { openLane } from './lane.ts';
import { openThread } from './sqlite/thread.ts';

export interface SqliteStoreOptions {
  /** File of the store; its folder is made when missing. */
  readonly path: string;
  /** The main thread refuses a run after this long, whatever the disk does. */
  readonly deadlineMs?: number;
  /** As many calls share a commit at most. */
  readonly batchCalls?: number;
}

/**
 * The embedded store: one file, one worker thread. The main thread never waits for a disk: it owns the deadline. Several
 * processes may share the file.
 *
 * @throws Error when the file cannot be opened, or was written by a newer version.
 */
export async function sqliteStore({ path, deadlineMs = 150, ...options }: SqliteStoreOptions): Promise<Store> {
  mkdirSync(dirname(path), { recursive: true });
  const thread = await openThread(path);
  const writes = openLane(thread.writes, { deadlineMs, ...options });
  const reads = openLane(thread.reads, { deadlineMs, ...options });
  const close = async () => {
    await Promise.all([writes.close(), reads.close()]);
    await thread.close();
  };
  return laneStore({ writes, reads, prunes: writes, surveys: reads, close });
}
