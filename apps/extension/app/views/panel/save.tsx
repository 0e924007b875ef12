import { text } from '../../platform/words.ts';
import { IconButton } from '../shared/icon-button.tsx';
import { BookmarkIcon } from '../shared/icons.tsx';
import { RemarkForm } from './remark-form.tsx';
import type { Saving } from './use-saving.ts';

interface SaveProps {
  /** Its text. */
  readonly passage: string;
  readonly saving: Saving;
}

const empty = { note: '', tags: [] };

/** Beside a passage of the page: saves it, or opens what is said about it. */
export const Save = ({ passage, saving }: SaveProps) => {
  const saved = saving.known(passage);
  return (
    <>
      <IconButton
        label={text(saved ? 'savedChange' : 'save')}
        className="icon-button save"
        aria-expanded={saving.asked === passage}
        onClick={() => void saving.begin(passage)}
      >
        <BookmarkIcon filled={saved !== undefined} />
      </IconButton>
      {saving.asked === passage && (
        <RemarkForm
          remark={saved ?? empty}
          onSave={(remark) => void saving.save(remark)}
          onCancel={saving.end}
          onDelete={saved && (() => void saving.remove(saved.place))}
        />
      )}
    </>
  );
};
