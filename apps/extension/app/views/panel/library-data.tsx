import { useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import { libraryFile } from '../../core/library-file.ts';
import type { SavedPassage } from '../../core/passage.ts';
import { text } from '../../platform/words.ts';
import { Confirm } from '../shared/confirm.tsx';
import { handOver } from '../shared/hand-over.ts';
import { Notice } from '../shared/notice.tsx';
import type { UserLibrary } from './use-library.ts';

interface LibraryDataProps {
  readonly passages: readonly SavedPassage[];
  readonly library: UserLibrary;
}

/** The user's data in their own hands: taken along, or deleted. */
export const LibraryData = ({ passages, library }: LibraryDataProps) => {
  const [failure, setFailure] = useState<Failure | null>(null);
  const dismiss = (): void => setFailure(null);
  const deleteAll = async (): Promise<void> => {
    dismiss();
    const { library: opened } = await library.open();
    await opened.removeAll().catch((error: unknown) => setFailure(toFailure(error)));
  };
  return (
    <footer className="data">
      <button type="button" className="link" onClick={() => handOver(libraryFile(passages, 'json', Date.now()))}>
        {text('exportJson')}
      </button>
      <button type="button" className="link" onClick={() => handOver(libraryFile(passages, 'markdown', Date.now()))}>
        {text('exportMarkdown')}
      </button>
      <Confirm
        label={text('deleteAll')}
        question={text('deleteAllSure', String(passages.length))}
        yes={text('deleteAllNow')}
        onYes={deleteAll}
      />
      {failure && <Notice failure={failure} onRetry={() => void deleteAll()} onSignIn={dismiss} onEdit={dismiss} />}
    </footer>
  );
};
