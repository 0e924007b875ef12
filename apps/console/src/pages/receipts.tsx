import { count, moment, usd } from '../figures.ts';
import { Refused } from '../parts/refused.tsx';
import { Table } from '../parts/table.tsx';
import { useReceipts } from '../queries.ts';

/** What a user's latest runs cost. */
export function Receipts({ uid }: { uid: string }) {
  const { data, error } = useReceipts(uid);
  if (!data) return error ? <Refused error={error} /> : <p className="quiet">Looking…</p>;
  if (data.runs.length === 0) return <p className="quiet">No run is kept.</p>;
  return (
    <Table
      columns={{ When: 'text', What: 'text', State: 'text', Compute: 'figure', Cost: 'figure', 'Price of': 'text', Run: 'text' }}
      caption={`The latest runs of ${uid}`}
    >
      {data.runs.map(({ runId, createdAt, procedure, state, computeUs, capMicroUsd, priceAsOf }) => (
        <tr key={runId}>
          <td>{moment(createdAt)}</td>
          <td>{procedure}</td>
          <td>{state}</td>
          <td className="figure">{computeUs === null ? '–' : `${count(computeUs)} µs`}</td>
          <td className="figure">{capMicroUsd === null ? '–' : usd(capMicroUsd)}</td>
          <td>{priceAsOf ?? '–'}</td>
          <td>
            <code>{runId}</code>
          </td>
        </tr>
      ))}
    </Table>
  );
}
