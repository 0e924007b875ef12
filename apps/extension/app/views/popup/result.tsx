import { useEffect, useRef, useState } from 'react';
import { computeText, priceText } from '../../core/amounts.ts';
import type { Highlights } from '../../core/draft.ts';
import { segments } from '../../core/segments.ts';
import { text as say, words } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { CopyIcon, DoneIcon } from '../shared/icons.tsx';
import { number } from '../shared/number.ts';

interface ResultProps {
  readonly text: string;
  readonly result: Highlights;
  readonly onBack: () => void;
}

type View = 'sentences' | 'context';
const views = [
  { value: 'sentences', text: say('sentencesCount') },
  { value: 'context', text: say('inTheText') },
] as const;
export const Result = ({ text, result, onBack }: ResultProps) => {
  const [view, setView] = useState<View>('sentences');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { highlights, sentences } = result;
  return (
    <section className="result">
      <div className="row">
        <h1 ref={heading} tabIndex={-1}>
          {say('marksOf', number.format(highlights.length), number.format(sentences))}
        </h1>
        <Choice label={say('showAs')} labelHidden value={view} options={views} onChange={setView} />
      </div>
      {view === 'sentences' ? <Sentences result={result} /> : <InContext text={text} result={result} />}
      <Receipt receipt={result.receipt} />
      <div className="row">
        <CopyButton text={highlights.map((mark) => mark.text).join('\n\n')} />
        <button type="button" className="button plain" onClick={onBack}>
          {say('backToText')}
        </button>
      </div>
    </section>
  );
};

const Sentences = ({ result }: { readonly result: Highlights }) => (
  <ol className="sentences">
    {result.highlights.map(({ text, start }) => (
      <li key={start}>{text}</li>
    ))}
  </ol>
);

const InContext = ({ text, result }: Pick<ResultProps, 'text' | 'result'>) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by the keyboard
  <section className="context" aria-label={say('textMarked')} tabIndex={0}>
    {segments(text, result.highlights).map(({ text, start, marked }) =>
      marked ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
    )}
  </section>
);

const Receipt = ({ receipt }: Pick<Highlights, 'receipt'>) => (
  <dl className="receipt" aria-label={say('receipt')}>
    <div>
      <dt>{say('modelTime')}</dt>
      <dd>{computeText(receipt.computeUs, words)}</dd>
    </div>
    <div>
      <dt>{say('price')}</dt>
      <dd>{priceText(receipt.priceMicroUsd, words)}</dd>
    </div>
    <div>
      <dt>{say('run')}</dt>
      <dd>
        <code title={receipt.runId}>{receipt.runId.slice(0, 8)}</code>
      </dd>
    </div>
  </dl>
);

const CopyButton = ({ text }: { readonly text: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      {copied ? <DoneIcon /> : <CopyIcon />}
      <span aria-live="polite">{say(copied ? 'copied' : 'copySentences')}</span>
    </button>
  );
};
