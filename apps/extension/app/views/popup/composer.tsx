import { type KeyboardEvent, type SyntheticEvent, useEffect, useRef } from 'react';
import { type Count, counts, type Draft, textFit } from '../../core/draft.ts';
import { maxTextChars } from '../../core/parts.ts';
import { text as say } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { number } from '../shared/number.ts';

interface ComposerProps {
  readonly draft: Draft;
  readonly running: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly onRun: () => void;
  readonly onCancel: () => void;
}

const options = counts.map((value: Count) => ({ value, text: String(value) }));
export const Composer = ({ draft, running, onChange, onRun, onCancel }: ComposerProps) => {
  const fit = textFit(draft.text);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (fit === 'fits' && !running) onRun();
  };
  return (
    <form className="composer" onSubmit={submit} aria-busy={running}>
      <h1 className="hidden">{say('ownText')}</h1>
      <TextField text={draft.text} running={running} onChange={(text) => onChange({ text })} onSubmit={submit} />
      <div className="row">
        <Choice label={say('sentencesCount')} value={draft.count} options={options} onChange={(count) => onChange({ count })} />
        {/* The keys keep these two apart: one button that turns into `submit` while it is clicked would submit. */}
        {running ? (
          <button key="cancel" type="button" className="button plain" onClick={onCancel}>
            {say('cancel')}
          </button>
        ) : (
          <button key="run" type="submit" className="button" disabled={fit !== 'fits'} title="Ctrl + Enter">
            {say('findWhatMatters')}
          </button>
        )}
      </div>
      <output className="hidden">{running ? say('readingText') : ''}</output>
    </form>
  );
};

interface TextFieldProps {
  readonly text: string;
  readonly running: boolean;
  readonly onChange: (text: string) => void;
  readonly onSubmit: (event: SyntheticEvent) => void;
}

const TextField = ({ text, running, onChange, onSubmit }: TextFieldProps) => {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const fill = (text: string): void => {
    onChange(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSubmit(event);
  };
  const isTooLong = textFit(text) === 'too-long';
  return (
    <>
      <div className="field">
        <textarea
          ref={field}
          value={text}
          readOnly={running}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={say('pasteHere')}
          aria-label={say('textLabel')}
          aria-describedby="size"
          aria-invalid={isTooLong}
        />
        {running && <progress className="running" aria-label={say('readingText')} />}
      </div>
      <div className="row">
        <p id="size" className={isTooLong ? 'quiet wrong' : 'quiet'}>
          {isTooLong
            ? say('charactersTooLong', number.format(text.length - maxTextChars))
            : say('characters', number.format(text.length))}
        </p>
        {!running && (
          <button type="button" className="link" onClick={() => fill(text === '' ? say('exampleText') : '')}>
            {say(text === '' ? 'useExample' : 'clear')}
          </button>
        )}
      </div>
    </>
  );
};
