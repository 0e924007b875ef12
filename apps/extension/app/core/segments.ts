/** `text.slice(start, end)` in UTF-16 code units, as JavaScript counts. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface Segment {
  readonly text: string;
  readonly start: number;
  readonly marked: boolean;
}

/** Cuts a text at its marks. The segments joined are the text again, whatever the marks are. */
export const segments = (text: string, marks: readonly Stretch[]): Segment[] => {
  const cut: Segment[] = [];
  let at = 0;
  const add = (end: number, marked: boolean): void => {
    if (end > at) cut.push({ text: text.slice(at, end), start: at, marked });
    at = Math.max(at, end);
  };
  for (const { start, end } of marks.toSorted((one, other) => one.start - other.start)) {
    add(Math.min(start, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return cut;
};
