import type { Live } from '@twohop/sdk';
import { count } from '../figures.ts';
import { Counts } from '../parts/counts.tsx';

/** Who knocks at the door: calls without a token that counts, in the last five minutes, at the instance that answered. */
export function Attempts({ live: { attempts } }: { live: Live }) {
  const { count: refused, toldFrom, kinds, from } = attempts;
  return (
    <>
      <p>
        <strong className={refused >= toldFrom ? 'wrong' : undefined}>
          {count(refused)} {refused === 1 ? 'call' : 'calls'}
        </strong>{' '}
        in five minutes had no token, or one that does not count. From {count(toldFrom)} on somebody is told.
      </p>
      {kinds.length === 0 ? (
        <p className="quiet">Nobody has knocked.</p>
      ) : (
        <div className="grid">
          <section>
            <h2>What was wrong</h2>
            <Counts title="Kind" rows={kinds} />
          </section>
          <section>
            <h2>Where from</h2>
            <Counts title="Address, or network" rows={from} />
          </section>
        </div>
      )}
      <p className="quiet">
        <code>limit.ip</code> are calls that were turned away by the rate of their address, before anybody looked at a token.
      </p>
    </>
  );
}
