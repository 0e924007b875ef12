import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identity, lives, readOrEmpty } from './identity.mjs';

/**
 * Held by one process of this checkout at a time; a holder that died loses it.
 * @param {string} file @param {(pid: string) => void} onWait called once when another process holds it
 * @returns {Promise<() => void>} gives it back
 */
export const takeLock = async (file, onWait) => {
  const own = identity(process.pid);
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  const forget = () => rmSync(draft, { force: true });
  process.once('exit', forget);
  writeFileSync(draft, own);
  try {
    let told = '';
    while (!tryLink(draft, file)) {
      const holder = readOrEmpty(file);
      if (holder && !lives(holder)) discard(file, holder);
      else if (holder && holder !== told) onWait(holder.split(' ')[0]);
      told = holder;
      await pause(50);
    }
  } finally {
    forget();
    process.off('exit', forget);
  }
  return () => {
    if (readOrEmpty(file) === own) rmSync(file, { force: true });
  };
};

const tryLink = (draft, file) => {
  try {
    // A link appears with its content at once: nobody ever reads a half-written lock.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

const discard = (file, dead) => {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
    // Between the look and the rename another process may have taken over: then it gets its lock back.
    if (readOrEmpty(aside) !== dead) tryLink(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(aside, { force: true });
};
