import { useState } from 'react';
import { type Account, problemTexts, type SignInBy, type SignInProblem } from '../../core/account.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import type { Library } from '../../core/shelf.ts';
import { text } from '../../platform/words.ts';
import { ask } from './client.ts';
import { Confirm } from './confirm.tsx';
import { deleteAccount } from './leaving.ts';
import { Notice } from './notice.tsx';

interface DeleteAccountProps {
  readonly account: Account;
  readonly open: () => Promise<Library>;
  readonly onDeleted?: (() => void) | undefined;
}

const proofOf = ({ by, email }: Account, password: string): SignInBy | null =>
  by === 'password' ? { kind: by, email: email ?? '', password } : by && { kind: by };

/** Library, ledger and sign-in, after a proof that it is their owner who asks. */
export const DeleteAccount = ({ account, open, onDeleted }: DeleteAccountProps) => {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const go = async (): Promise<void> => {
    setProblem(null);
    setFailure(null);
    try {
      const by = proofOf(account, password);
      const reply = by && (await ask('confirm', by));
      if (reply && !reply.ok) return setProblem(reply.problem);
      await deleteAccount(await open());
      onDeleted?.();
    } catch (error) {
      setFailure(toFailure(error));
    }
  };
  const dismiss = (): void => setFailure(null);
  return (
    <>
      <Confirm label={text('deleteAccount')} question={text('deleteSure')} yes={text('deleteNow')} onYes={go}>
        {account.by === 'password' && (
          <label>
            <span className="quiet">{text('password')}</span>
            <input
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
          </label>
        )}
      </Confirm>
      {problem && <p role="alert">{text(problemTexts[problem])}</p>}
      {failure && <Notice failure={failure} onRetry={() => void go()} onSignIn={dismiss} onEdit={dismiss} />}
    </>
  );
};
