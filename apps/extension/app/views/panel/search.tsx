import { type SyntheticEvent, useState } from 'react';
import { text } from '../../platform/words.ts';
import { ClearIcon, SearchIcon } from '../shared/icons.tsx';
import { Notice } from '../shared/notice.tsx';
import type { Page } from '../shared/use-page.ts';
import { Save } from './save.tsx';
import type { Saving } from './use-saving.ts';
import type { Found, SearchState } from './use-search.ts';

interface SearchProps {
  readonly page: Page;
  readonly saving: Saving;
  readonly state: SearchState;
  readonly onSearch: (query: string) => void;
  readonly onReset: () => void;
  readonly onSignIn: () => void;
}

/** The server refuses longer queries. */
const maxQueryChars = 1_000;

/** Finds by meaning rather than by word. */
export const Search = ({ page, saving, state, onSearch, onReset, onSignIn }: SearchProps) => {
  const [query, setQuery] = useState('');
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (query.trim() !== '') onSearch(query);
  };
  const reset = (): void => {
    setQuery('');
    onReset();
  };
  return (
    <search className="search">
      <form className="query" onSubmit={submit}>
        <SearchIcon />
        <input
          value={query}
          maxLength={maxQueryChars}
          onChange={(event) => setQuery(event.target.value)}
          placeholder={text('findByMeaning')}
          aria-label={text('findByMeaning')}
          enterKeyHint="search"
        />
        {(query !== '' || state.phase !== 'idle') && (
          <button type="button" className="icon-button" aria-label={text('clearSearch')} onClick={reset}>
            <ClearIcon />
          </button>
        )}
        {state.phase === 'searching' && <progress className="running" aria-label={text('searching')} />}
      </form>
      {state.phase === 'failed' && (
        <Notice failure={state.failure} onRetry={() => onSearch(state.query)} onSignIn={onSignIn} onEdit={reset} />
      )}
      {state.phase === 'found' && <Results page={page} saving={saving} found={state.found} query={state.query} />}
    </search>
  );
};

interface ResultsProps {
  readonly page: Page;
  readonly saving: Saving;
  readonly found: readonly Found[];
  readonly query: string;
}

const Results = ({ page, saving, found, query }: ResultsProps) => {
  const [current, setCurrent] = useState<number | null>(null);
  const show = ({ start, passage }: Found): void => {
    setCurrent(start);
    void page.tell('show', { start, text: passage });
  };
  if (found.length === 0) return <p role="alert">{text('pageEmpty')}</p>;
  return (
    <>
      <h1 className="quiet" aria-live="polite">
        {text('closestTo', query)}
      </h1>
      <ol className="passages">
        {found.map((each) => (
          <li key={each.start}>
            <button type="button" dir="auto" aria-current={each.start === current} onClick={() => show(each)}>
              <span className="around">{each.before}</span>
              <mark>{each.passage}</mark>
              <span className="around">{each.after}</span>
            </button>
            <Save passage={each.passage} saving={saving} />
          </li>
        ))}
      </ol>
    </>
  );
};
