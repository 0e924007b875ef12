import { useSetKillSwitch } from '../queries.ts';
import { Confirm } from './confirm.tsx';
import { Refused } from './refused.tsx';

/** @param killed null: the ledger does not answer, so nothing runs and nothing can be switched */
export function KillSwitch({ killed }: { killed: boolean | null }) {
  const { mutate, error, isPending } = useSetKillSwitch();
  if (killed === null) return <p className="wrong">The ledger does not answer: whoever spends is refused.</p>;
  return (
    <div className="kill" aria-busy={isPending}>
      {killed ? (
        <Confirm
          label="Let runs start again"
          className="button plain"
          question="Let runs start again?"
          yes="Let them run"
          onYes={() => mutate(false)}
        >
          <p>Everybody within their limits can use the model again.</p>
        </Confirm>
      ) : (
        <Confirm
          label="Stop all runs"
          className="button danger"
          question="Stop all runs?"
          yes="Stop all runs"
          onYes={() => mutate(true)}
        >
          <p>
            Within a second every instance refuses every new run, for all users, until you let them start again. Runs that are in
            the model end there.
          </p>
        </Confirm>
      )}
      <Refused error={error} />
    </div>
  );
}
