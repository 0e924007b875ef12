/** One to four numbers, the first the weightiest: what both npm and browsers call a version. */
export type Version = readonly number[];

/** Versions of clients that are served, both ends included; null: no end. */
export interface VersionWindow {
  readonly oldest: Version | null;
  readonly newest: Version | null;
}

const VERSION = /^\d{1,9}(\.\d{1,9}){0,3}$/;

/** `1.2.3`; null for anything else. */
export const parseVersion = (text: string): Version | null => (VERSION.test(text) ? text.split('.').map(Number) : null);

/** A client that names no version, or nothing that is one, is served only where there is no window. */
export function isServed(version: string | null, { oldest, newest }: VersionWindow): boolean {
  if (!oldest && !newest) return true;
  const own = parseVersion(version ?? '');
  return own !== null && (!oldest || order(own, oldest) >= 0) && (!newest || order(own, newest) <= 0);
}

/** Negative: `a` is the older. Parts that are absent count as 0. */
export function order(a: Version, b: Version): number {
  for (let part = 0; part < Math.max(a.length, b.length); part++) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
