import type { Acts } from '@twohop/sdk';
import { moment } from '../figures.ts';
import { Refused } from '../parts/refused.tsx';
import { Table } from '../parts/table.tsx';
import { useActs, useUsers } from '../queries.ts';

type Act = Acts['acts'][number];

/** What was done, in words; an act that this page does not know yet is shown as it is kept. */
function said({ what, detail }: Act): string {
  const asked = JSON.parse(detail) as { on?: boolean; blocked?: boolean; plan?: string | null };
  if (what === 'kill_switch') return asked.on ? 'stopped all runs' : 'let runs start again';
  if (what === 'account.delete') return 'deleted what was kept of a user';
  if (what === 'account.set') return `set a user’s plan to ${asked.plan ?? 'the default'}${asked.blocked ? ', blocked' : ''}`;
  return `${what} ${detail}`;
}

/** The log knows users by a keyed hash, so that a deleted one is gone from it; of those that are there the id is shown. */
export function AuditLog() {
  const { data, error } = useActs();
  const users = useUsers('').data?.users ?? [];
  const uids = new Map(users.map(({ target, uid }) => [target, uid]));
  const whom = (target: string | null) => (target === null ? 'everybody' : (uids.get(target) ?? `user #${target.slice(0, 8)}`));
  return (
    <>
      <Refused error={error} />
      <p className="quiet">The latest 200 acts of admins. They are kept for good, in the ledger, which refuses to change them.</p>
      {data?.acts.length === 0 && <p>No admin has done anything yet.</p>}
      {data && data.acts.length > 0 && (
        <Table columns={{ When: 'text', Who: 'text', Did: 'text', 'To whom': 'text' }}>
          {data.acts.map((act, index) => (
            // Rows are only added, and two may be alike.
            <tr key={data.acts.length - index}>
              <td>{moment(act.at)}</td>
              <td>{act.by}</td>
              <td>{said(act)}</td>
              <td>{whom(act.target)}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
