import { useState } from 'react';
import { text } from '../../platform/words.ts';
import { Notice } from '../shared/notice.tsx';
import type { Page } from '../shared/use-page.ts';
import { Query } from './query.tsx';
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

/** Finds by meaning rather than by word. */
export const Search = ({ page, saving, state, onSearch, onReset, onSignIn }: SearchProps) => {
  const [query, setQuery] = useState('');
  const reset = (): void => {
    setQuery('');
    onReset();
  };
  return (
    <search className="search">
      <Query
        query={query}
        label={text('findByMeaning')}
        hint={text('findByMeaning')}
        progress={state.phase === 'searching' ? text('searching') : null}
        onType={setQuery}
        onAsk={() => onSearch(query)}
        onClear={query === '' && state.phase === 'idle' ? null : reset}
      />
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
