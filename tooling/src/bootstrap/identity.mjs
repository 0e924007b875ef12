import { readFileSync } from 'node:fs';

/** Tells a process from a later one with the same number: its start, in clock ticks since boot. Empty where there is no /proc. */
const startOf = (pid) => {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
};

/** @param {string} file */
export const readOrEmpty = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** @param {number} pid @returns {string} names this process for all time since boot; to be kept in a file */
export const identity = (pid) => `${pid} ${startOf(pid)}`;

/** @param {string} noted an identity noted earlier; an empty one doesn't live */
export const lives = (noted) => {
  const pid = Number(noted.split(' ')[0]);
  if (!pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return identity(pid) === noted;
};
