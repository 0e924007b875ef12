import type { Settings } from '@twohop/sdk';
import { forecast, type ForecastInput, type ProviderForecast } from '@twohop/tooling/forecast';
import { checkPrices } from '@twohop/tooling/forecast/prices';
import { checkMeasured } from '@twohop/tooling/forecast/unit-cost';
import { checkWorkload } from '@twohop/tooling/forecast/workload';
import { type SyntheticEvent, useMemo, useState } from 'react';
import { usd } from '../figures.ts';
import { Refused } from '../parts/refused.tsx';
import { Table } from '../parts/table.tsx';
import { useSettings } from '../queries.ts';

/** Written into the page by its build. */
declare const PRICES: unknown;
declare const MEASURED: unknown;

interface Asked {
  readonly users: number;
  readonly callsPerUserDay: number;
}

const first: Asked = { users: 1_000, callsPerUserDay: 5 };
const dollars = (amount: number): string => usd(Math.round(amount * 100) * 1e4);

/** The bill of a month, as `npm run forecast` reckons it, under the caps that are in force. */
export function Forecast() {
  const { data, error } = useSettings();
  const [asked, setAsked] = useState(first);
  if (!data) return error ? <Refused error={error} /> : <p className="quiet">Asking for the caps…</p>;
  if (!data.hosting)
    return (
      <p>
        twohop.config.ts has no <code>hosting</code>: say there where the project runs, and this page reckons what a month costs.
      </p>
    );
  return (
    <>
      <Question asked={asked} onAsk={setAsked} />
      <Rows asked={asked} hosting={data.hosting} caps={data.caps} />
    </>
  );
}

function Question({ asked, onAsk }: { asked: Asked; onAsk: (asked: Asked) => void }) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onAsk({ users: Number(form.get('users')), callsPerUserDay: Number(form.get('calls')) });
  };
  return (
    <form className="question" onSubmit={submit}>
      <label>
        Users
        <input name="users" type="number" min={1} max={1_000_000} required defaultValue={asked.users} />
      </label>
      <label>
        Calls a user a day
        <input name="calls" type="number" min={0.1} max={1_000} step="any" required defaultValue={asked.callsPerUserDay} />
      </label>
      <button type="submit" className="button">
        Forecast
      </button>
    </form>
  );
}

interface RowsProps {
  readonly asked: Asked;
  readonly hosting: NonNullable<Settings['hosting']>;
  readonly caps: Settings['caps'];
}

function Rows({ asked, hosting, caps }: RowsProps) {
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const rows = useMemo(() => {
    const input: ForecastInput = {
      workload: checkWorkload(asked),
      prices: checkPrices(PRICES),
      measured: checkMeasured(MEASURED),
      hosting,
      caps,
      today,
      simulations: new Map(),
    };
    return forecast(input);
  }, [asked, hosting, caps, today]);
  return (
    <>
      <Table
        columns={{
          'Provider of the model': 'text',
          'Half of months (P50)': 'figure',
          '19 of 20 (P95)': 'figure',
          'At most': 'figure',
          Price: 'text',
        }}
        caption="What a month costs with the model at each provider, and all else where it is now"
      >
        {rows.map((row) => (
          <Row key={row.id} row={row} isChosen={row.id === hosting.model} />
        ))}
      </Table>
      <p className="quiet">
        “At most” is what the caps in force allow, whatever the traffic; “from” where something has no cap:{' '}
        <code>npm run forecast</code> says what, and answers what-if.
      </p>
    </>
  );
}

interface RowProps {
  readonly row: ProviderForecast;
  readonly isChosen: boolean;
}

function Row({
  row: {
    vendor,
    name,
    months: [month],
    unbounded,
    asOf,
    verified,
    stale,
  },
  isChosen,
}: RowProps) {
  return (
    <tr className={isChosen ? 'chosen' : undefined}>
      <th scope="row">
        {vendor} {name}
        {isChosen && <span className="badge">yours</span>}
      </th>
      <td className="figure">{dollars(month.p50.usd)}</td>
      <td className="figure">{dollars(month.p95.usd)}</td>
      <td className="figure">
        {unbounded.length > 0 && 'from '}
        {dollars(month.worst.usd)}
      </td>
      <td>
        {asOf ?? 'undated'}
        {!verified && ', not verified'}
        {stale && ', old'}
      </td>
    </tr>
  );
}
