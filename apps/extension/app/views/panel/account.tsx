import { useState } from 'react';
import type { Account, SignInBy, SignInReply } from '../../core/account.ts';
import { text } from '../../platform/words.ts';
import { ask } from '../shared/client.ts';
import { DeleteAccount } from '../shared/delete-account.tsx';
import { SignInForm } from '../shared/sign-in-form.tsx';
import { Taken } from './taken.tsx';
import type { UserLibrary } from './use-library.ts';

interface AccountViewProps {
  readonly account: Account;
  readonly library: UserLibrary;
  readonly onSignOut: () => void;
}

/** Who is signed in, how to keep what one has, and how to leave. */
export const AccountView = ({ account, library, onSignOut }: AccountViewProps) => (
  <section className="account">
    {account.anonymous ? (
      <Upgrade library={library} />
    ) : (
      <>
        <h1>{account.email}</h1>
        <p className="quiet">{text('accountKept')}</p>
      </>
    )}
    <div className="data">
      <button type="button" className="link" onClick={onSignOut}>
        {text('signOut')}
      </button>
      <DeleteAccount account={account} open={async () => (await library.open()).library} />
    </div>
  </section>
);

/** An account for somebody who has tried without one. */
const Upgrade = ({ library }: { readonly library: UserLibrary }) => {
  const [taken, setTaken] = useState<SignInBy | null>(null);
  if (taken) return <Taken by={taken} library={library} onCancel={() => setTaken(null)} />;
  const enter = async (by: SignInBy): Promise<SignInReply> => {
    const reply = await ask('register', by);
    if (!reply.ok && reply.problem === 'taken') setTaken(by);
    return reply;
  };
  return (
    <>
      <h1>{text('keepTitle')}</h1>
      <p className="quiet">{text('keepLead')}</p>
      <SignInForm actions={[{ label: text('continue'), enter }]} onGoogle={enter} />
    </>
  );
};
