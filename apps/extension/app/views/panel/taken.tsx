import { useState } from 'react';
import { problemTexts, type SignInBy, type SignInProblem } from '../../core/account.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { text } from '../../platform/words.ts';
import { ask } from '../shared/client.ts';
import { goOver } from '../shared/leaving.ts';
import { Notice } from '../shared/notice.tsx';
import type { UserLibrary } from './use-library.ts';

interface TakenProps {
  readonly by: SignInBy;
  readonly library: UserLibrary;
  readonly onCancel: () => void;
}

/** There is an account already: the library goes there only if the user says so. */
export const Taken = ({ by, library, onCancel }: TakenProps) => {
  const { state, go } = useGoOver(by, library);
  return (
    <section className="taken" aria-busy={state.phase === 'busy'}>
      <h1>{text('takenTitle')}</h1>
      <p className="quiet">{text('takenLead')}</p>
      {state.phase === 'problem' && <p role="alert">{text(problemTexts[state.problem])}</p>}
      {state.phase === 'failed' && (
        <Notice failure={state.failure} onRetry={() => void go(state.isBrought)} onSignIn={onCancel} onEdit={onCancel} />
      )}
      <div className="buttons">
        <button type="button" className="button" disabled={state.phase === 'busy'} onClick={() => void go(true)}>
          {text('takenBring')}
        </button>
        <button type="button" className="button plain" disabled={state.phase === 'busy'} onClick={() => void go(false)}>
          {text('takenWithout')}
        </button>
        <button type="button" className="link" disabled={state.phase === 'busy'} onClick={onCancel}>
          {text('cancel')}
        </button>
      </div>
    </section>
  );
};

type State =
  | { readonly phase: 'asking' | 'busy' }
  | { readonly phase: 'problem'; readonly problem: SignInProblem }
  | { readonly phase: 'failed'; readonly failure: Failure; readonly isBrought: boolean };

/** Can be tried again after a failure: what has arrived is not brought twice. */
const useGoOver = (by: SignInBy, library: UserLibrary) => {
  const [state, setState] = useState<State>({ phase: 'asking' });
  const go = async (isBrought: boolean): Promise<void> => {
    setState({ phase: 'busy' });
    try {
      const reply = await ask('signInBeside', by);
      if (!reply.ok) return setState({ phase: 'problem', problem: reply.problem });
      const { library: left } = await library.open();
      await goOver(left, reply.account, isBrought ? await left.read() : []);
    } catch (error) {
      setState({ phase: 'failed', failure: toFailure(error), isBrought });
    }
  };
  return { state, go };
};
