import { allowanceText } from '../../core/amounts.ts';
import { resetText } from '../../core/time.ts';
import type { KnownAllowance } from './use-allowance.ts';
import { useClock } from './use-clock.ts';

/** What is left of the day, always in sight. Empty of words until the server has answered. */
export const Meter = ({ allowance }: { readonly allowance: KnownAllowance | null }) => {
  const nowMs = useClock(true);
  if (!allowance) return <footer className="meter" aria-hidden />;
  const { left, limit, share, tone } = allowanceText(allowance);
  return (
    <footer className="meter" data-tone={tone}>
      <div className="row">
        <span>
          <b>{left}</b> {limit}
        </span>
        <span className="quiet">{resetText(allowance.resetsAt, { nowMs })}</span>
      </div>
      <progress className="bar" max={1} value={share} aria-label="Allowance left" />
    </footer>
  );
};
