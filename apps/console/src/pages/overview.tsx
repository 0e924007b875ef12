import type { Live } from '@twohop/sdk';
import { count, milliseconds, moment, usd } from '../figures.ts';
import { Counts } from '../parts/counts.tsx';
import { CallsChart, DaysChart, LatencyChart } from './overview-charts.tsx';

type Cap = NonNullable<Live['spending']>['day'];

export function Overview({ live }: { live: Live }) {
  const { spending, refusals, instance, since } = live;
  const refused = refusals.reduce((sum, { count: each }) => sum + each, 0);
  return (
    <>
      <Cards live={live} />
      <div className="grid">
        <section>
          <h2>Calls, ten seconds each</h2>
          <CallsChart live={live} />
        </section>
        <section>
          <h2>Latency of runs</h2>
          <LatencyChart live={live} />
        </section>
        <section>
          <h2>Spend by day</h2>
          {spending && <DaysChart spending={spending} now={live.now} />}
        </section>
        <section>
          <h2>Refused in ten minutes: {count(refused)}</h2>
          <Refusals refusals={refusals} />
        </section>
      </div>
      <p className="quiet">
        Spend is the whole project’s. Calls, latency, refusals and places are those of the instance that answered,{' '}
        {instance.slice(0, 8)}, since {moment(since)}.
      </p>
    </>
  );
}

function Cards({ live: { spending, slices, room } }: { live: Live }) {
  const runs = slices.reduce((sum, { ok }) => sum + ok, 0);
  const latest = slices.findLast(({ p50Ms }) => p50Ms !== null);
  return (
    <div className="cards">
      {spending ? (
        <>
          <CapCard name="today" cap={spending.day} />
          <CapCard name="this month" cap={spending.month} />
        </>
      ) : (
        <Card name="Spent" figure="?" note="The ledger does not answer." />
      )}
      <Card name="Runs" figure={count(runs)} note="in ten minutes, that ended well" />
      <Card
        name="Latency"
        figure={milliseconds(latest?.p50Ms ?? null)}
        note={`half of the runs; 95\u00a0% within ${milliseconds(latest?.p95Ms ?? null)}`}
      />
      <Card
        name="In the model"
        figure={`${room.inUse} of ${Math.floor(room.limit)}`}
        note={room.waiting === 0 ? 'nobody waits for a place' : `${room.waiting} wait for a place`}
      />
    </div>
  );
}

function CapCard({ name, cap }: { name: string; cap: Cap }) {
  const { settledMicroUsd: spent, heldMicroUsd: held, limitMicroUsd: limit, resetsAt } = cap;
  return (
    <div className="card">
      <h2>Spent {name}</h2>
      <p className="figure">{usd(spent)}</p>
      <meter min={0} max={limit} high={0.8 * limit} optimum={0} value={spent + held} aria-label={`Spent ${name}, of the cap`} />
      <p className="quiet">
        of {usd(limit)}
        {held > 0 && `, ${usd(held)} held by runs`}; anew on {moment(resetsAt)}
      </p>
    </div>
  );
}

function Card({ name, figure, note }: { name: string; figure: string; note: string }) {
  return (
    <div className="card">
      <h2>{name}</h2>
      <p className="figure">{figure}</p>
      <p className="quiet">{note}</p>
    </div>
  );
}

function Refusals({ refusals }: Pick<Live, 'refusals'>) {
  if (refusals.length === 0) return <p className="quiet">Nobody was refused.</p>;
  return <Counts title="Reason" rows={refusals.map(({ code, count: each }) => ({ name: code, count: each }))} />;
}
