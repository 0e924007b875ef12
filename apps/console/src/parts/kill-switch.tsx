import { useSetKillSwitch } from '../queries.ts';
import { Confirm } from './confirm.tsx';
import { Refused } from './refused.tsx';

const stop = {
  label: 'Stop all runs',
  yes: 'Stop all runs',
  className: 'button danger',
  effect:
    'Within a second every instance refuses every new run, for all users, until you let them start again. Runs that are in the model end there.',
};
const start = {
  label: 'Let runs start again',
  yes: 'Let them run',
  className: 'button plain',
  effect: 'Everybody within their limits can use the model again.',
};

/** @param killed null: the ledger does not answer, so nothing runs and nothing can be switched */
export function KillSwitch({ killed }: { killed: boolean | null }) {
  const { mutate, error, isPending } = useSetKillSwitch();
  if (killed === null) return <p className="wrong">The ledger does not answer: whoever spends is refused.</p>;
  const { label, yes, className, effect } = killed ? start : stop;
  return (
    <div className="kill" aria-busy={isPending}>
      <Confirm key={label} label={label} className={className} question={`${label}?`} yes={yes} onYes={() => mutate(!killed)}>
        <p>{effect}</p>
      </Confirm>
      <Refused error={error} />
    </div>
  );
}
