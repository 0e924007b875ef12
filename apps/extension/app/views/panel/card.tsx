import { useState } from 'react';
import { linkTo, type SavedPassage } from '../../core/passage.ts';
import type { Shelf } from '../../core/shelf.ts';
import { text } from '../../platform/words.ts';
import { IconButton } from '../shared/icon-button.tsx';
import { PencilIcon } from '../shared/icons.tsx';
import { RemarkForm } from './remark-form.tsx';
import type { UserLibrary } from './use-library.ts';

interface CardProps {
  readonly passage: SavedPassage;
  readonly library: UserLibrary;
}

/** One saved passage: what it says, what was said about it, and where it stands. */
export const Card = ({ passage, library }: CardProps) => {
  const [isEdited, setEdited] = useState(false);
  const change = async (step: (shelf: Shelf) => void): Promise<void> => {
    setEdited(false);
    step((await library.open()).shelf);
  };
  const { place, url, title, note, tags } = passage;
  return (
    <li className="card">
      <div className="row">
        <blockquote dir="auto">{passage.text}</blockquote>
        <IconButton label={text('changeRemark')} aria-expanded={isEdited} onClick={() => setEdited(!isEdited)}>
          <PencilIcon />
        </IconButton>
      </div>
      {isEdited ? (
        <RemarkForm
          remark={passage}
          onSave={(remark) => void change((shelf) => shelf.edit(place, remark))}
          onCancel={() => setEdited(false)}
          onDelete={() => void change((shelf) => shelf.remove(place))}
        />
      ) : (
        note !== '' && (
          <p className="note" dir="auto">
            {note}
          </p>
        )
      )}
      <p className="quiet source">
        <a href={linkTo(passage)} target="_blank" rel="noreferrer" dir="auto">
          {title || new URL(url).host}
        </a>
        {tags.map((tag) => (
          <span key={tag} className="tag" dir="auto">
            {tag}
          </span>
        ))}
      </p>
    </li>
  );
};
