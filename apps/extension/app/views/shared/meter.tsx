import { allowanceText } from '../../core/amounts.ts';
import { resetText } from '../../core/time.ts';
import { text, words } from '../../platform/words.ts';
import type { KnownAllowance } from './use-allowance.ts';
import { useClock } from './use-clock.ts';

/** What is left of the day, what was used of it and when it is full again: always in sight. Empty of words until that is known. */
export const Meter = ({ allowance }: { readonly allowance: KnownAllowance | null }) => {
  const nowMs = useClock(true);
  if (!allowance) return <footer className="meter" aria-hidden />;
  const { left, limit, used, share, tone } = allowanceText(allowance, words);
  return (
    <footer className="meter" data-tone={tone}>
      <div className="row">
        <span>
          <b>{left}</b> {limit}
        </span>
        <span className="quiet">{used}</span>
      </div>
      <progress className="bar" max={1} value={share} aria-label={text('amountLabel')} />
      <span className="quiet">{resetText(allowance.resetsAt, { nowMs }, words)}</span>
    </footer>
  );
};
