import type { Words } from './words.ts';

/** The moment and the place a text is written for. */
export interface Clock {
  readonly nowMs: number;
  /** IANA name; the browser's own when absent. */
  readonly timeZone?: string;
}

const dayMs = 86_400_000;

/** `Full again tomorrow at 02:00`; for a reset that has passed, now. */
export const resetText = (iso: string, { nowMs, timeZone }: Clock, { locale, text }: Words): string => {
  const atMs = Date.parse(iso);
  if (atMs <= nowMs) return text('fullNow');
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...zone });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', ...zone }).format(atMs);
  const date = day.format(atMs);
  if (date === day.format(nowMs)) return text('fullToday', time);
  if (date === day.format(nowMs + dayMs)) return text('fullTomorrow', time);
  return text('fullOn', date, time);
};

/** A wait that counts down: `8 s`, `2 min`. */
export const waitText = (ms: number, { locale, text }: Words): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return text('amountSeconds', seconds.toLocaleString(locale));
  return text('amountMinutes', Math.ceil(seconds / 60).toLocaleString(locale));
};
