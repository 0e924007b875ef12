const digits = (value: number, maximumFractionDigits: number): string => value.toLocaleString('en', { maximumFractionDigits });

/** Model time from microseconds: `41 ms`, `2.4 s`, `12 min`. Never rounds something down to nothing. */
export const computeText = (us: number): string => {
  if (us === 0) return '0 s';
  if (us < 1_000) return 'under 1 ms';
  if (us < 1_000_000) return `${digits(us / 1_000, 0)} ms`;
  if (us < 600_000_000) return `${digits(us / 1_000_000, 1)} s`;
  return `${digits(us / 60_000_000, 0)} min`;
};

/** Money from micro-USD: `$0.000002`, `$0.13`. */
export const priceText = (microUsd: number): string => {
  if (microUsd === 0) return 'under $0.000001';
  return microUsd < 10_000 ? `$${(microUsd / 1e6).toFixed(6)}` : `$${(microUsd / 1e6).toFixed(2)}`;
};

export interface Allowance {
  readonly limitUs: number;
  readonly remainingUs: number;
  /** ISO 8601. */
  readonly resetsAt: string;
}

export interface AllowanceText {
  /** `59.9 s left` */
  readonly left: string;
  /** `of 60 s today` */
  readonly limit: string;
  /** 0 to 1. */
  readonly share: number;
  readonly tone: 'plenty' | 'low' | 'empty';
}

const lowShare = 0.15;

export const allowanceText = ({ limitUs, remainingUs }: Allowance): AllowanceText => {
  const share = limitUs > 0 ? Math.min(1, Math.max(0, remainingUs / limitUs)) : 0;
  const tone = share === 0 ? 'empty' : share < lowShare ? 'low' : 'plenty';
  return { left: `${computeText(remainingUs)} left`, limit: `of ${computeText(limitUs)} today`, share, tone };
};
