import type { Words } from './words.ts';

const digits = (value: number, { locale }: Words, maximumFractionDigits = 0): string =>
  value.toLocaleString(locale, { maximumFractionDigits });

/** Model time from microseconds: `41 ms`, `2.4 s`, `12 min`. Never rounds something down to nothing. */
export const computeText = (us: number, words: Words): string => {
  const { text } = words;
  if (us === 0) return text('amountSeconds', digits(0, words));
  if (us < 1_000) return text('amountUnderMillisecond');
  if (us < 1_000_000) return text('amountMilliseconds', digits(us / 1_000, words));
  if (us < 600_000_000) return text('amountSeconds', digits(us / 1_000_000, words, 1));
  return text('amountMinutes', digits(us / 60_000_000, words));
};

/** Money from micro-USD: `$0.000002`, `$0.13`. */
export const priceText = (microUsd: number, { locale, text }: Words): string => {
  const fractionDigits = microUsd < 10_000 ? 6 : 2;
  const dollars = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  });
  return microUsd === 0 ? text('amountUnderPrice', dollars.format(1e-6)) : dollars.format(microUsd / 1e6);
};

export interface Allowance {
  readonly limitUs: number;
  readonly remainingUs: number;
  /** ISO 8601. */
  readonly resetsAt: string;
}

/** What a receipt says is left. */
export type Left = Pick<Allowance, 'remainingUs' | 'resetsAt'>;

export interface AllowanceText {
  /** `59.9 s left` */
  readonly left: string;
  /** `of 60 s today` */
  readonly limit: string;
  /** `0.1 s used` */
  readonly used: string;
  /** What is left, 0 to 1. */
  readonly share: number;
  readonly tone: 'plenty' | 'low' | 'empty';
}

const lowShare = 0.15;

export const allowanceText = ({ limitUs, remainingUs }: Allowance, words: Words): AllowanceText => {
  const share = limitUs > 0 ? Math.min(1, Math.max(0, remainingUs / limitUs)) : 0;
  const tone = share === 0 ? 'empty' : share < lowShare ? 'low' : 'plenty';
  const amount = (us: number): string => computeText(Math.max(0, us), words);
  return {
    left: words.text('amountLeft', amount(remainingUs)),
    limit: words.text('amountOfToday', amount(limitUs)),
    used: words.text('amountUsed', amount(limitUs - remainingUs)),
    share,
    tone,
  };
};
