import type { ReactNode } from 'react';
import { type Density, densities } from '../../core/density.ts';
import type { PageState } from '../../core/page.ts';
import { waitText } from '../../core/time.ts';
import { serverHost } from './client.ts';
import { ClearIcon, DownIcon, UpIcon } from './icons.tsx';
import { Notice } from './notice.tsx';
import { useClock } from './use-clock.ts';
import type { Page } from './use-page.ts';

interface MarkingProps {
  readonly page: Page;
  readonly onSignIn: () => void;
  /** Below the controls, once something is marked. */
  readonly children?: ReactNode;
}

/** Marks the page in front, and leads through its marks. */
export const Marking = ({ page, onSignIn, children }: MarkingProps) => {
  const { state, reach, density, tell } = page;
  const phase = state?.phase ?? 'idle';
  if (density === null) return null;
  const mark = (): void => void tell('mark', { density });
  const clear = (): void => void tell('clear', null);
  if (!state || phase === 'idle' || phase === 'empty')
    return <Unmarked isClosed={reach === 'closed'} isEmpty={phase === 'empty'} onMark={mark} />;
  return (
    <section className="marking">
      <div className="row">
        <h1>{headingOf(state)}</h1>
        <button type="button" className="link with-icon" onClick={clear}>
          <ClearIcon />
          {phase === 'reading' ? 'Cancel' : 'Clear'}
        </button>
      </div>
      {phase === 'reading' && <Progress state={state} />}
      {state.failure && (
        <Notice failure={state.failure} onRetry={() => void tell('resume', null)} onSignIn={onSignIn} onEdit={clear} />
      )}
      {state.marks.length > 0 && <Controls page={page} state={state} density={density} />}
      {children}
    </section>
  );
};

const headingOf = ({ marks, sentences, phase }: PageState): string => {
  if (marks.length > 0) return `${marks.length} of ${sentences} sentences`;
  return phase === 'reading' ? 'Reading this page' : 'Nothing marked';
};

interface UnmarkedProps {
  readonly isClosed: boolean;
  readonly isEmpty: boolean;
  readonly onMark: () => void;
}

const Unmarked = ({ isClosed, isEmpty, onMark }: UnmarkedProps) => (
  <section className="marking unmarked">
    <h1>
      What matters <mark>on this page</mark>
    </h1>
    {isClosed ? (
      <p role="alert">This page cannot be read from here. Open a web page, then click the toolbar button on it.</p>
    ) : isEmpty ? (
      <p role="alert">There is no text on this page.</p>
    ) : (
      <p className="lead">The sentences that carry the text are marked where they stand. The page itself is not changed.</p>
    )}
    {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a popup opens on a keystroke and its one action should follow */}
    <button type="button" className="button wide" onClick={onMark} autoFocus>
      Mark this page
    </button>
    <p className="quiet centred">
      Sends the text of this page to <b>{serverHost}</b>
    </p>
    <p className="quiet centred">
      Without this window: <kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>M</kbd>
    </p>
  </section>
);

const percent = new Intl.NumberFormat('en', { style: 'percent' });

const Progress = ({ state: { share, waitsUntilMs } }: { readonly state: PageState }) => {
  const nowMs = useClock(waitsUntilMs !== null);
  const said =
    waitsUntilMs === null ? `${percent.format(share)} read` : `Goes on in ${waitText(Math.max(0, waitsUntilMs - nowMs))}`;
  return (
    <div className="reading">
      <progress className="bar" max={1} value={share} aria-label="Read so far" />
      <output className="quiet">{said}</output>
    </div>
  );
};

interface ControlsProps {
  readonly page: Page;
  readonly state: PageState;
  readonly density: Density;
}

const Controls = ({ page: { tell, changeDensity }, state, density }: ControlsProps) => (
  <div className="controls">
    <label className="density">
      <span className="quiet">Fewer</span>
      <input
        type="range"
        min={densities[0]}
        max={densities.length}
        step={1}
        value={density}
        aria-label="How much is marked"
        onChange={(event) => changeDensity(Number(event.target.value) as Density)}
      />
      <span className="quiet">More</span>
    </label>
    <div className="steps">
      <button
        type="button"
        className="icon-button"
        aria-label="Mark before"
        title="Mark before (Alt Shift K)"
        onClick={() => void tell('step', { by: -1 })}
      >
        <UpIcon />
      </button>
      <span className="quiet place">
        {state.current === null ? '–' : state.current + 1} / {state.marks.length}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label="Next mark"
        title="Next mark (Alt Shift J)"
        onClick={() => void tell('step', { by: 1 })}
      >
        <DownIcon />
      </button>
    </div>
  </div>
);
