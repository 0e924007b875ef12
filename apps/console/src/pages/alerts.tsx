import type { Live } from '@twohop/sdk';
import { moment } from '../figures.ts';
import { Table } from '../parts/table.tsx';

export function Alerts({ live: { alerts } }: { live: Live }) {
  const { now, told, channels } = alerts;
  return (
    <>
      <p className={channels.length === 0 ? 'wrong' : 'quiet'}>
        {channels.length === 0
          ? 'Nobody is told: neither ALERT_WEBHOOK_URL nor ALERT_SMTP_URL is set. What is the matter stands here and in the log.'
          : `Told by ${channels.join(' and ')}.`}
      </p>
      <section>
        <h2>The matter now</h2>
        {now.length === 0 && <p>Nothing.</p>}
        <ul className="alerts">
          {now.map(({ key, severity, title, detail }) => (
            <li key={key} className={severity}>
              <h3>
                {severity}: {title}
              </h3>
              <p>{detail}</p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Told by this instance</h2>
        {told.length === 0 ? (
          <p className="quiet">Nothing since it started.</p>
        ) : (
          <Table columns={{ When: 'text', State: 'text', What: 'text' }}>
            {told.map(({ at, key, state, title }) => (
              <tr key={`${at} ${key} ${state}`}>
                <td>{moment(at)}</td>
                <td>{state}</td>
                <td>{title}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
    </>
  );
}
