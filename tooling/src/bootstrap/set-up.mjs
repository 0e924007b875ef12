import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { explainFolder } from './failure.mjs';
import { takeLock } from './lock.mjs';
import { endTools, registerTools } from './run.mjs';
import { stamps } from './stamp.mjs';

/**
 * Brings what is missing; milliseconds when nothing is.
 * @param {{ folder: string, chains: import('./steps.mjs').Step[][], progress: import('./progress.mjs').Progress }} options
 * @returns {Promise<number>} milliseconds
 */
export const setUp = async ({ folder, chains, progress }) => {
  const beganMs = performance.now();
  const stamp = stamps(folder);
  const isDone = (step) => stamp.has(step.name, step.inputs) && step.present();
  if (!chains.flat().every(isDone)) {
    makeWritable(folder);
    let release = () => undefined;
    const interrupt = (signal) => {
      endTools();
      release();
      progress.note(`\nInterrupted; run the same command again and it goes on from here.`);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt).once('SIGHUP', interrupt);
    try {
      const onWait = (pid) => progress.note(`  … waiting for the set-up that process ${pid} is doing`);
      release = await takeLock(join(folder, 'lock'), onWait);
      registerTools(join(folder, 'running'));
      clearDrafts(folder);
      await runChains(chains, { isDone, stamp, progress });
      clearDrafts(folder);
    } finally {
      release();
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt);
    }
  }
  return Math.round(performance.now() - beganMs);
};

/** What was left half-built. A file that a dying tool still writes may stay: nothing reads it, and the next time it goes. */
const clearDrafts = (folder) => {
  try {
    rmSync(join(folder, 'tmp'), { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error;
  }
};

const leastBytes = 300e6;

const makeWritable = (folder) => {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw explainFolder(error, folder);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < leastBytes) throw explainFolder({ code: 'ENOSPC' }, folder);
};

/** Each chain in its order, the chains side by side; the first failure ends all. */
const runChains = async (chains, { isDone, stamp, progress }) => {
  /** @type {Error | undefined} */
  let failure;
  const runChain = async (steps) => {
    for (const step of steps) {
      if (failure || isDone(step)) continue;
      stamp.drop(step.name);
      progress.begin(step.label);
      try {
        await step.run();
        stamp.write(step.name, step.inputs);
        progress.end(step.label, true);
      } catch (error) {
        progress.end(step.label, false);
        // The other chain's tools are ended for this one's sake: what they say about it is no failure of their own.
        failure ??= error;
        endTools();
      }
    }
  };
  await Promise.all(chains.map(runChain));
  if (failure) throw failure;
};
