import type { Users as UsersReply } from '@twohop/sdk';
import { useDeferredValue, useState } from 'react';
import { count, usd } from '../figures.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Refused } from '../parts/refused.tsx';
import { Table } from '../parts/table.tsx';
import { useDeleteAccount, useSetAccount, useUsers } from '../queries.ts';
import { Receipts } from './receipts.tsx';

type User = UsersReply['users'][number];

export function Users() {
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const { data, error } = useUsers(useDeferredValue(search.trim()));
  return (
    <>
      <label className="search">
        Find by user id
        <input
          type="search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          placeholder="the beginning of a uid"
        />
      </label>
      <Refused error={error} />
      <p className="quiet">
        {search === '' ? 'Who spent most today, and whoever has a plan of their own or is blocked.' : 'Users whose id begins so.'}
      </p>
      {data && data.users.length > 0 && (
        <Table
          columns={{
            User: 'text',
            Today: 'figure',
            'This month': 'figure',
            'Runs this month': 'figure',
            Plan: 'text',
            Access: 'text',
          }}
        >
          {data.users.map((user) => (
            <Row
              key={user.uid}
              user={user}
              plans={data.plans}
              isOpen={chosen === user.uid}
              onToggle={() => setChosen(chosen === user.uid ? null : user.uid)}
            />
          ))}
        </Table>
      )}
      {data?.users.length === 0 && <p>Nobody {search === '' ? 'has spent anything today.' : 'is called that.'}</p>}
    </>
  );
}

interface RowProps {
  readonly user: User;
  readonly plans: readonly string[];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Row({ user, plans, isOpen, onToggle }: RowProps) {
  const { uid, plan, blocked, dayMicroUsd, monthMicroUsd, monthRuns } = user;
  const change = useSetAccount();
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" className="link" aria-expanded={isOpen} onClick={onToggle}>
            {uid}
          </button>
          {blocked && <span className="badge">blocked</span>}
        </th>
        <td className="figure">{usd(dayMicroUsd)}</td>
        <td className="figure">{usd(monthMicroUsd)}</td>
        <td className="figure">{count(monthRuns)}</td>
        <td>
          <select
            aria-label={`Plan of ${uid}`}
            value={plan ?? ''}
            onChange={({ target }) => change.mutate({ uid, blocked, plan: target.value || null })}
          >
            <option value="">by default</option>
            {plans.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </td>
        <td>
          <Access user={user} onChange={change.mutate} />
          <Refused error={change.error} />
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <Receipts uid={uid} />
          </td>
        </tr>
      )}
    </>
  );
}

interface AccessProps {
  readonly user: User;
  readonly onChange: (change: Pick<User, 'uid' | 'plan' | 'blocked'>) => void;
}

function Access({ user: { uid, plan, blocked }, onChange }: AccessProps) {
  const deletion = useDeleteAccount();
  return (
    <>
      <div className="buttons">
        {blocked ? (
          <button type="button" className="button plain small" onClick={() => onChange({ uid, plan, blocked: false })}>
            Unblock
          </button>
        ) : (
          <Confirm label="Block" question={`Block ${uid}?`} yes="Block" onYes={() => onChange({ uid, plan, blocked: true })}>
            <p>Their next call is refused, on every instance. You can unblock them at any time.</p>
          </Confirm>
        )}
        <Confirm label="Delete" question={`Delete what is kept of ${uid}?`} yes="Delete" onYes={() => deletion.mutate(uid)}>
          <p>
            Receipts, plan and block are forgotten for good. The account in your app stays: if they come back, they start with a
            new budget. To keep somebody out, block them.
          </p>
        </Confirm>
      </div>
      <Refused error={deletion.error} />
    </>
  );
}
