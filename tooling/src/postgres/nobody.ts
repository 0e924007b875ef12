import { readFileSync } from 'node:fs';

/** A user without rights, or undefined when this process is not root and may be itself. */
export interface Nobody {
  readonly uid: number;
  readonly gid: number;
}

/** The user that every Unix has: PostgreSQL refuses to run as root, and a user of our own would be left behind. */
export function nobody(): Nobody | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (!uid || !gid) throw new Error('/etc/passwd has no user "nobody", and PostgreSQL refuses to run as root');
  return { uid: Number(uid), gid: Number(gid) };
}
