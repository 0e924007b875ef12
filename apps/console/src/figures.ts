/** Runs cost millionths of a dollar, days cost dollars: small amounts show what they are. */
export function usd(microUsd: number): string {
  const isWholeCents = Math.round(microUsd) % 1e4 === 0;
  const digits = isWholeCents || microUsd >= 1e6 ? 2 : microUsd >= 1e4 ? 4 : 6;
  return `$${(microUsd / 1e6).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

export const count = (value: number): string => Math.round(value).toLocaleString('en');

export const milliseconds = (value: number | null): string => (value === null ? '–' : `${count(value)} ms`);

/** In the reader's own time zone. */
export const moment = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB');
