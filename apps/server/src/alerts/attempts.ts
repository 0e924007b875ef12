export interface Named {
  readonly name: string;
  readonly count: number;
}

/** Who knocked in the last minutes. */
export interface Tally {
  /** Without those that were turned away by their address's rate, before anybody looked at a token. */
  readonly refused: number;
  /** The most frequent first. */
  readonly kinds: readonly Named[];
  readonly from: readonly Named[];
}

const SPAN_MS = 5 * 60_000;
const SLICES = 10;
/** Of each slice; the addresses of whoever has more are counted together. */
const MAX_KEYS = 1_000;
const OTHERS = 'other addresses';
const TOLD_ADDRESSES = 5;

/** Refused attempts of the last five minutes by kind and address, in bounded memory whoever makes up addresses. */
export function attempts() {
  let slices: { readonly startMs: number; readonly counts: Map<string, number> }[] = [];
  const current = (nowMs: number) => {
    const latest = slices.at(-1);
    if (latest && nowMs - latest.startMs < SPAN_MS / SLICES) return latest;
    const slice = { startMs: nowMs, counts: new Map<string, number>() };
    slices = [...slices.filter(({ startMs }) => nowMs - startMs < SPAN_MS), slice];
    return slice;
  };
  return {
    note: (kind: string, from: string, nowMs: number): void => {
      const { counts } = current(nowMs);
      const own = `${kind}|${from}`;
      const key = counts.has(own) || counts.size < MAX_KEYS ? own : `${kind}|${OTHERS}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    tally: (nowMs: number): Tally => {
      const rows = slices
        .filter(({ startMs }) => nowMs - startMs < SPAN_MS)
        .flatMap(({ counts }) => [...counts].map(([key, count]) => ({ ...split(key), count })));
      const kinds = summed(rows, ({ kind }) => kind);
      const refused = kinds.reduce((sum, { name, count }) => (name.startsWith('auth.') ? sum + count : sum), 0);
      return { refused, kinds, from: summed(rows, ({ from }) => from).slice(0, TOLD_ADDRESSES) };
    },
  };
}

function split(key: string): { kind: string; from: string } {
  const at = key.indexOf('|');
  return { kind: key.slice(0, at), from: key.slice(at + 1) };
}

interface Row {
  readonly kind: string;
  readonly from: string;
  readonly count: number;
}

function summed(rows: readonly Row[], nameOf: (row: Row) => string): Named[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + row.count);
  return [...sums].map(([name, count]) => ({ name, count })).toSorted((a, b) => b.count - a.count);
}
