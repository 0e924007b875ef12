import { chosenMarks, type Density, type Scored } from '../../core/density.ts';
import { type Flow, type Passage, relocate, type Span, spansOf } from '../../core/flow.ts';

/** A mark and where it stands now; null while the page does not show it. */
interface Placed extends Scored {
  place: number | null;
}

interface ReadPart {
  readonly sentences: number;
  readonly marks: readonly Placed[];
}

/** The marks of a page: those that the model chose, those that show, and where they stand in a text that may change. */
export const createMarks = (source: Flow<Text>) => {
  let flow = source;
  const parts: ReadPart[] = [];
  let shown: Placed[] = [];
  const place = (marks: readonly Placed[]): void => {
    for (const [index, start] of relocate(flow.text, marks).entries()) {
      const mark = marks[index];
      if (mark) mark.place = start;
    }
  };
  const spans = (mark: Placed): Span<Text>[] =>
    mark.place === null ? [] : spansOf(flow, mark.place, mark.place + mark.text.length);
  return {
    add: (marks: readonly Scored[], sentences: number): void => {
      const placed = marks.map((mark) => ({ ...mark, place: mark.start }));
      if (flow !== source) place(placed);
      parts.push({ sentences, marks: placed });
    },
    choose: (density: Density): void => {
      shown = parts.flatMap(({ marks, sentences }) => chosenMarks(marks, sentences, density));
    },
    /** The page has changed: finds the marks in what it shows now. */
    moveTo: (now: Flow<Text>): void => {
      flow = now;
      place(parts.flatMap(({ marks }) => marks));
    },
    shown: (): readonly Placed[] => shown,
    sentences: (): number => parts.reduce((sum, part) => sum + part.sentences, 0),
    spans,
    /** Where a passage of the source stands now. */
    find: (passage: Passage): Span<Text>[] => {
      const [at = null] = relocate(flow.text, [passage]);
      return at === null ? [] : spansOf(flow, at, at + passage.text.length);
    },
    /** Whether a mark that shows has lost the characters it stood on. */
    isBroken: (): boolean =>
      shown.some((mark) => {
        const found = spans(mark);
        const said = found.map(({ node, from, to }) => (node.isConnected ? node.data.slice(from, to) : '')).join('');
        return squeezed(said) !== squeezed(mark.text);
      }),
  };
};

/** White space between blocks stands in no node. */
const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');

export type Marks = ReturnType<typeof createMarks>;
