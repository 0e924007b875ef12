import type { SyntheticEvent } from 'react';
import { text } from '../../platform/words.ts';
import { ClearIcon, SearchIcon } from '../shared/icons.tsx';

interface QueryProps {
  readonly query: string;
  /** Names the field. */
  readonly label: string;
  readonly hint: string;
  /** Names what is being done; null while nothing is. */
  readonly progress: string | null;
  readonly onType: (typed: string) => void;
  readonly onAsk: () => void;
  /** Null while there is nothing to clear. */
  readonly onClear: (() => void) | null;
}

/** The server refuses longer queries. */
const maxQueryChars = 1_000;

/** Where somebody says what they look for. */
export const Query = ({ query, label, hint, progress, onType, onAsk, onClear }: QueryProps) => {
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (query.trim() !== '') onAsk();
  };
  return (
    <form className="query" onSubmit={submit}>
      <SearchIcon />
      <input
        value={query}
        maxLength={maxQueryChars}
        onChange={({ target }) => onType(target.value)}
        placeholder={hint}
        aria-label={label}
        enterKeyHint="search"
      />
      {onClear && (
        <button type="button" className="icon-button" aria-label={text('clearSearch')} onClick={onClear}>
          <ClearIcon />
        </button>
      )}
      {progress !== null && <progress className="running" aria-label={progress} />}
    </form>
  );
};
