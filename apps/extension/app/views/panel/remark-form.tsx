import { type SyntheticEvent, useState } from 'react';
import { limits, type Remark, tagsFrom } from '../../core/passage.ts';
import { text } from '../../platform/words.ts';

interface RemarkFormProps {
  readonly remark: Remark;
  readonly onSave: (remark: Remark) => void;
  readonly onCancel: () => void;
  /** Absent for what is not saved yet. */
  readonly onDelete?: (() => void) | undefined;
}

/** What somebody says about a passage. */
export const RemarkForm = ({ remark, onSave, onCancel, onDelete }: RemarkFormProps) => {
  const [note, setNote] = useState(remark.note);
  const [tags, setTags] = useState(remark.tags.join(', '));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    onSave({ note: note.trim(), tags: tagsFrom(tags) });
  };
  return (
    <form className="remark" onSubmit={submit}>
      <label>
        <span className="quiet">{text('note')}</span>
        <textarea
          value={note}
          maxLength={limits.note}
          rows={2}
          dir="auto"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the form opens on a click on its button, and this is its first field
          autoFocus
          onChange={({ target }) => setNote(target.value)}
        />
      </label>
      <label>
        <span className="quiet">{text('tagsField')}</span>
        <input value={tags} dir="auto" onChange={({ target }) => setTags(target.value)} />
      </label>
      <div className="buttons">
        <button type="submit" className="button small">
          {text('save')}
        </button>
        <button type="button" className="button plain small" onClick={onCancel}>
          {text('cancel')}
        </button>
        {onDelete && (
          <button type="button" className="link" onClick={onDelete}>
            {text('delete')}
          </button>
        )}
      </div>
    </form>
  );
};
