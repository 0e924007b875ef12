import { type SyntheticEvent, useState } from 'react';
import { problemTexts, type SignInBy, type SignInProblem, type SignInReply } from '../../core/account.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { text } from '../../platform/words.ts';
import { ask, hasGoogle } from './client.ts';
import { Notice } from './notice.tsx';

type Enter = (by: SignInBy) => Promise<SignInReply>;

interface SignInFormProps {
  /** The first is the form's own, which the Enter key takes. */
  readonly actions: readonly { readonly label: string; readonly enter: Enter }[];
  /** Null: this form offers no Google account. */
  readonly onGoogle: Enter | null;
}

interface State {
  readonly busy: boolean;
  readonly problem: SignInProblem | null;
  readonly failure: Failure | null;
  readonly isMailed: boolean;
}

const calm: State = { busy: false, problem: null, failure: null, isMailed: false };

const useEnter = () => {
  const [state, setState] = useState(calm);
  const run = async (step: () => Promise<Partial<State>>): Promise<void> => {
    setState({ ...calm, busy: true });
    const result = await step().catch((error: unknown) => ({ failure: toFailure(error) }));
    setState({ ...calm, ...result });
  };
  return {
    state,
    dismiss: () => setState(calm),
    enter: (enter: Enter, by: SignInBy) =>
      run(async () => {
        const reply = await enter(by);
        return reply.ok ? {} : { problem: reply.problem };
      }),
    mail: (email: string) => run(() => ask('resetPassword', email).then(() => ({ isMailed: true }))),
  };
};

/** E-mail and password, or a Google account where the build knows one. */
export const SignInForm = ({ actions, onGoogle }: SignInFormProps) => {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { state, dismiss, enter, mail } = useEnter();
  const by: SignInBy = { kind: 'password', email: email.trim(), password };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (actions[0]) void enter(actions[0].enter, by);
  };
  return (
    <form className="sign-in" onSubmit={submit} aria-busy={state.busy}>
      <Field label={text('email')} type="email" autoComplete="username" value={email} onChange={setEmail} />
      <Field label={text('password')} type="password" autoComplete="current-password" value={password} onChange={setPassword} />
      {state.problem && <p role="alert">{text(problemTexts[state.problem])}</p>}
      {state.problem === 'wrong' && (
        <button type="button" className="link" onClick={() => void mail(by.email)}>
          {text('mailLink')}
        </button>
      )}
      {state.isMailed && <output>{text('mailSent', by.email)}</output>}
      {state.failure && <Notice failure={state.failure} onRetry={dismiss} onSignIn={dismiss} onEdit={dismiss} />}
      <div className="buttons">
        {actions.map(({ label, enter: way }, index) =>
          index === 0 ? (
            <button key={label} type="submit" className="button" disabled={state.busy}>
              {label}
            </button>
          ) : (
            <button key={label} type="button" className="button plain" disabled={state.busy} onClick={() => void enter(way, by)}>
              {label}
            </button>
          ),
        )}
      </div>
      {hasGoogle && onGoogle && (
        <button
          type="button"
          className="button plain"
          disabled={state.busy}
          onClick={() => void enter(onGoogle, { kind: 'google' })}
        >
          {text('continueGoogle')}
        </button>
      )}
    </form>
  );
};

interface FieldProps {
  readonly label: string;
  readonly type: 'email' | 'password';
  readonly autoComplete: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const Field = ({ label, onChange, ...input }: FieldProps) => (
  <label>
    <span className="quiet">{label}</span>
    <input required {...input} onChange={({ target }) => onChange(target.value)} />
  </label>
);
