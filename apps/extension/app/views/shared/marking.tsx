import type { ReactNode } from 'react';
import type { Density } from '../../core/density.ts';
import { titleOf } from '../../core/explain.ts';
import type { PageState } from '../../core/page.ts';
import { waitText } from '../../core/time.ts';
import { text, words } from '../../platform/words.ts';
import { Asking } from './asking.tsx';
import { DensitySlider } from './density-slider.tsx';
import { IconButton } from './icon-button.tsx';
import { ClearIcon, DownIcon, UpIcon } from './icons.tsx';
import { Notice } from './notice.tsx';
import { number } from './number.ts';
import { Phrase } from './phrase.tsx';
import { ServerPhrase } from './server-phrase.tsx';
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
  const mark = (sure: boolean): void => void tell('mark', { density, sure });
  const clear = (): void => void tell('clear', null);
  if (!state || phase === 'idle' || phase === 'empty')
    return <Unmarked isClosed={reach === 'closed'} isEmpty={phase === 'empty'} onMark={() => mark(false)} />;
  if (phase === 'asking') return <Asking chars={state.chars} onSure={() => mark(true)} onLater={clear} />;
  return (
    <section className="marking">
      <div className="row">
        <h1>{headingOf(state)}</h1>
        <button type="button" className="link with-icon" onClick={clear}>
          <ClearIcon />
          {text(phase === 'reading' ? 'cancel' : 'clear')}
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
  if (marks.length > 0) return text('marksOf', number.format(marks.length), number.format(sentences));
  return text(phase === 'reading' ? 'readingPage' : 'nothingMarked');
};

interface UnmarkedProps {
  readonly isClosed: boolean;
  readonly isEmpty: boolean;
  readonly onMark: () => void;
}

const Unmarked = ({ isClosed, isEmpty, onMark }: UnmarkedProps) => (
  <section className="marking unmarked">
    <h1>
      <Phrase say="unmarkedTitle">
        <mark>{text('unmarkedTitleMarked')}</mark>
      </Phrase>
    </h1>
    {isClosed ? (
      <p role="alert">{text('pageClosed')}</p>
    ) : isEmpty ? (
      <p role="alert">{text('pageEmpty')}</p>
    ) : (
      <p className="lead">{text('unmarkedLead')}</p>
    )}
    {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a popup opens on a keystroke and its one action should follow */}
    <button type="button" className="button wide" onClick={onMark} autoFocus>
      {text('markPage')}
    </button>
    <p className="quiet centred">
      <ServerPhrase say="sendsTo" />
    </p>
    <p className="quiet centred">
      <Phrase say="withoutWindow">
        <bdi>
          <kbd>Alt</kbd> <kbd>{text('keyShift')}</kbd> <kbd>M</kbd>
        </bdi>
      </Phrase>
    </p>
  </section>
);

const percent = new Intl.NumberFormat(words.locale, { style: 'percent' });

/** What is waited for stands in words: a model that wakes up is no failure. */
const Progress = ({ state: { share, waits } }: { readonly state: PageState }) => {
  const nowMs = useClock(waits !== null);
  const said =
    waits === null
      ? text('readShare', percent.format(share))
      : `${titleOf(waits.code, words)} ${text('goesOnIn', waitText(Math.max(0, waits.untilMs - nowMs), words))}`;
  return (
    <div className="reading">
      <progress className="bar" max={1} value={share} aria-label={text('readSoFar')} />
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
    <DensitySlider density={density} onChange={changeDensity} />
    <div className="steps">
      <IconButton
        label={text('markBefore')}
        title={`${text('markBefore')} (Alt Shift K)`}
        onClick={() => void tell('step', { by: -1 })}
      >
        <UpIcon />
      </IconButton>
      <span className="quiet place">
        {state.current === null ? '–' : number.format(state.current + 1)} / {number.format(state.marks.length)}
      </span>
      <IconButton
        label={text('nextMark')}
        title={`${text('nextMark')} (Alt Shift J)`}
        onClick={() => void tell('step', { by: 1 })}
      >
        <DownIcon />
      </IconButton>
    </div>
  </div>
);
