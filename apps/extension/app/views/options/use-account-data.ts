import { useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import { ask, draftStore, twohop } from '../shared/client.ts';

type Phase = 'idle' | 'exporting' | 'exported' | 'deleting' | 'deleted';

/** One thing at a time; a failure offers the same again. */
export const useAccountData = () => {
  const [phase, setPhase] = useState<Phase>('idle');
  const [failed, setFailed] = useState<{ readonly failure: Failure; readonly again: () => void } | null>(null);
  const run = async (during: Phase, after: Phase, step: () => Promise<void>): Promise<void> => {
    setFailed(null);
    setPhase(during);
    try {
      await step();
      setPhase(after);
    } catch (error) {
      setPhase('idle');
      setFailed({ failure: toFailure(error), again: () => void run(during, after, step) });
    }
  };
  const exportAll = () =>
    run('exporting', 'exported', async () => save('twohop-account.json', await twohop.account.export.query()));
  const deleteAll = () =>
    run('deleting', 'deleted', async () => {
      await ask('deleteAccount');
      await draftStore.clear();
    });
  return {
    phase,
    failure: failed?.failure ?? null,
    exportAll: () => void exportAll(),
    deleteAll: () => void deleteAll(),
    again: () => failed?.again(),
  };
};

/** Downloads without the permission to: a link that is clicked. */
const save = (name: string, value: unknown): void => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
};
