/** One run of characters that stands in the text as it stands in its node. */
interface Piece<N> {
  /** Where it stands in the text. */
  readonly at: number;
  readonly node: N;
  /** Where it begins in the node's data. */
  readonly from: number;
  readonly chars: number;
  /** White space of the node beside it that shows as one space, or as none. */
  readonly lead: number;
  tail: number;
}

/** The text that a reader sees, and where each of its characters comes from. */
export interface Flow<N> {
  /** Well-formed Unicode without null bytes, blocks apart by a blank line: what the server takes. */
  readonly text: string;
  readonly pieces: readonly Piece<N>[];
}

/** A stretch of one node's data. */
export interface Span<N> {
  readonly node: N;
  readonly from: number;
  readonly to: number;
}

export interface FlowBuilder<N> {
  /** Adds a node's characters; white space collapses as browsers show it, unless it is `preformatted`. */
  add(node: N, data: string, preformatted?: boolean): void;
  /** What follows begins a line. */
  line(): void;
  /** What follows begins a paragraph. */
  block(): void;
  build(): Flow<N>;
}

/** Same length, so that offsets hold: a lone surrogate or null byte would make the server refuse the whole text. */
const wellFormed = (data: string): string => data.toWellFormed().replaceAll('\0', '\u{FFFD}');

const words = /[^\t\n\f\r ]+|[\t\n\f\r ]+/g;
const lines = /[^\n]+|\n/g;

export const flowBuilder = <N>(): FlowBuilder<N> => {
  const pieces: Piece<N>[] = [];
  let text = '';
  let gap: '' | ' ' | '\n' | '\n\n' = '';
  const widen = (wanted: typeof gap): void => {
    if (text !== '' && wanted.length >= gap.length && gap !== '\n\n') gap = wanted;
  };
  const take = (place: Pick<Piece<N>, 'node' | 'from' | 'lead'>, data: string): void => {
    text += gap;
    gap = '';
    pieces.push({ ...place, at: text.length, chars: data.length, tail: 0 });
    text += data;
  };
  return {
    add: (node, data, preformatted = false) => {
      let lead = 0;
      for (const { 0: run, index } of wellFormed(data).matchAll(preformatted ? lines : words)) {
        if (run.trim() !== '') {
          take({ node, from: index, lead }, run);
          lead = 0;
          continue;
        }
        lead = run.length;
        const last = pieces.at(-1);
        if (last?.node === node) last.tail = run.length;
        widen(preformatted && run === '\n' ? '\n' : ' ');
      }
    },
    line: () => widen('\n'),
    block: () => widen('\n\n'),
    build: () => ({ text, pieces }),
  };
};

/** Where `text.slice(start, end)` stands in the nodes: one span a node, the white space between its words included. */
export const spansOf = <N>({ pieces }: Flow<N>, start: number, end: number): Span<N>[] => {
  const spans: { node: N; from: number; to: number }[] = [];
  for (let index = firstEndingAfter(pieces, start); index < pieces.length; index += 1) {
    const piece = pieces[index];
    if (!piece || piece.at >= end) break;
    const from = piece.from + (piece.at > start ? -piece.lead : start - piece.at);
    const to = piece.from + (piece.at + piece.chars < end ? piece.chars + piece.tail : end - piece.at);
    const last = spans.at(-1);
    if (last?.node === piece.node) last.to = to;
    else spans.push({ node: piece.node, from, to });
  }
  return spans;
};

const firstEndingAfter = (pieces: readonly Piece<unknown>[], offset: number): number => {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece && piece.at + piece.chars <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A passage as it was once read. */
export interface Passage {
  readonly text: string;
  readonly start: number;
}

/**
 * Where passages stand in a text that may have changed since: the occurrence nearest to the old place, or null. Passages
 * come in the order of the old text, and what was inserted before one moves those after it by as much.
 */
export const relocate = (text: string, passages: readonly Passage[]): (number | null)[] => {
  let shift = 0;
  return passages.map((passage) => {
    const expected = passage.start + shift;
    if (text.startsWith(passage.text, expected)) return expected;
    const after = text.indexOf(passage.text, Math.max(0, expected));
    const before = text.lastIndexOf(passage.text, Math.max(0, expected));
    if (after === -1 && before === -1) return null;
    const nearest = before === -1 || (after !== -1 && after - expected < expected - before) ? after : before;
    shift = nearest - passage.start;
    return nearest;
  });
};
