import { useEffect, useState } from 'react';
import { filtered, newestFirst, ranked, tagsOf } from '../../core/library.ts';
import type { SavedPassage } from '../../core/passage.ts';
import { text } from '../../platform/words.ts';
import { Notice } from '../shared/notice.tsx';
import { number } from '../shared/number.ts';
import { Card } from './card.tsx';
import { LibraryData } from './library-data.tsx';
import { Query } from './query.tsx';
import type { UserLibrary } from './use-library.ts';
import { useMeaning } from './use-meaning.ts';

interface LibraryViewProps {
  readonly library: UserLibrary;
  readonly onSignIn: () => void;
}

/** As many as somebody looks through at once. */
const pageLength = 50;

/** All that was saved: by word while somebody types, by meaning when they press Enter. */
export const LibraryView = ({ library, onSignIn }: LibraryViewProps) => {
  const { state, open } = library;
  const [words, setWords] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const { state: meaning, ask, reset } = useMeaning(library);
  useEffect(() => void open(), [open]);
  const type = (typed: string): void => {
    setWords(typed);
    reset();
  };
  if (!state) return null;
  const { passages, failure } = state;
  const byMeaning = meaning.phase === 'known';
  const tagged = filtered(passages, { words: byMeaning ? '' : words, tag });
  const found = byMeaning ? ranked(tagged, meaning.meaning) : newestFirst(tagged);
  const dismiss = () => void open().then(({ shelf }) => shelf.dismiss());
  return (
    <section className="library">
      <h1 className="hidden">{text('library')}</h1>
      <search className="search">
        <Query
          query={words}
          label={text('libraryFind')}
          hint={text('libraryHow')}
          progress={meaning.phase === 'asking' ? text('librarySearching') : null}
          onType={type}
          onAsk={() => void ask(words)}
          onClear={words === '' ? null : () => type('')}
        />
      </search>
      <Tags tags={tagsOf(passages)} chosen={tag} onChoose={setTag} />
      {meaning.phase === 'failed' && (
        <Notice failure={meaning.failure} onRetry={() => void ask(meaning.query)} onSignIn={onSignIn} onEdit={() => type('')} />
      )}
      {failure && <Notice failure={failure} onRetry={dismiss} onSignIn={onSignIn} onEdit={dismiss} />}
      <p className="quiet" aria-live="polite">
        {byMeaning ? text('closestTo', meaning.query) : countText(found.length, passages)}
      </p>
      {passages.length === 0 && state.isFresh && <Empty />}
      <Cards key={`${words}/${tag}/${meaning.phase}`} passages={found} library={library} />
      {passages.length > 0 && <LibraryData passages={passages} library={library} />}
    </section>
  );
};

const countText = (found: number, all: readonly SavedPassage[]): string => {
  const waiting = all.filter(({ isPending }) => isPending).length;
  const count =
    found === all.length
      ? text('savedCount', number.format(found))
      : text('savedFound', number.format(found), number.format(all.length));
  return waiting === 0 ? count : text('savedWaiting', count, number.format(waiting));
};

const Empty = () => <p className="lead">{text('libraryEmpty')}</p>;

interface TagsProps {
  readonly tags: readonly string[];
  readonly chosen: string | null;
  readonly onChoose: (tag: string | null) => void;
}

const Tags = ({ tags, chosen, onChoose }: TagsProps) => {
  if (tags.length === 0) return null;
  return (
    <ul className="tags" aria-label={text('tags')}>
      {tags.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            className="tag"
            dir="auto"
            aria-pressed={tag === chosen}
            onClick={() => onChoose(tag === chosen ? null : tag)}
          >
            {tag}
          </button>
        </li>
      ))}
    </ul>
  );
};

interface CardsProps {
  readonly passages: readonly SavedPassage[];
  readonly library: UserLibrary;
}

const Cards = ({ passages, library }: CardsProps) => {
  const [shown, setShown] = useState(pageLength);
  return (
    <>
      <ol className="cards">
        {passages.slice(0, shown).map((passage) => (
          <Card key={passage.place} passage={passage} library={library} />
        ))}
      </ol>
      {passages.length > shown && (
        <button type="button" className="link" onClick={() => setShown(shown + pageLength)}>
          {text('showMore')}
        </button>
      )}
    </>
  );
};
