/** The moment and the place a text is written for. */
export interface Clock {
  readonly nowMs: number;
  /** IANA name; the browser's own when absent. */
  readonly timeZone?: string;
}

const dayMs = 86_400_000;

/** `Full again tomorrow at 02:00`; for a reset that has passed, now. */
export const resetText = (iso: string, { nowMs, timeZone }: Clock): string => {
  const atMs = Date.parse(iso);
  if (atMs <= nowMs) return 'Full again now';
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', ...zone });
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone }).format(atMs);
  const date = day.format(atMs);
  if (date === day.format(nowMs)) return `Full again today at ${time}`;
  if (date === day.format(nowMs + dayMs)) return `Full again tomorrow at ${time}`;
  return `Full again on ${date} at ${time}`;
};

/** A wait that counts down: `8 s`, `2 min`. */
export const waitText = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
};
