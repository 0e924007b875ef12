import { useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import { twohop } from '../shared/client.ts';
import { handOver } from '../shared/hand-over.ts';

/** All that the server keeps of the user, as a file. */
export const useExport = () => {
  const [phase, setPhase] = useState<'idle' | 'exporting' | 'exported'>('idle');
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (): Promise<void> => {
    setFailure(null);
    setPhase('exporting');
    try {
      const content = JSON.stringify(await twohop.account.export.query(), null, 2);
      handOver({ name: 'twohop-account.json', type: 'application/json', content });
      setPhase('exported');
    } catch (error) {
      setPhase('idle');
      setFailure(toFailure(error));
    }
  };
  return { phase, failure, run: () => void run() };
};
