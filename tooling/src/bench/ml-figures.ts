import { type Bar, quantile, ratioOf, type Report, type Result } from './figures.ts';

/** What `python -m bench` prints. Rates are sentences a second, medians of the rounds. */
export interface Measured {
  readonly threads: number;
  readonly results: readonly Result[];
  /** By what was wished for: `auto`, `fast`, or a backend's name. */
  readonly backends: Readonly<Record<string, BackendFacts>>;
  /** The service without a model. */
  readonly hollow: { readonly cpuUs: number };
  readonly overload: {
    readonly offered: number;
    readonly perSecond: number;
    readonly other: number;
    readonly refusalP99Ms: number | null;
  };
  /** fastembed in its own process, without HTTP; absent where it was not measured. */
  readonly peer?: PeerFacts;
}

interface PeerFacts {
  /** By how many sentences it is given at a time. */
  readonly medians: Readonly<Record<'yardstick' | '1' | '32', number>>;
  readonly cosine: number;
}

export interface BackendFacts {
  readonly backend: string;
  readonly medians: Readonly<Record<'yardstick' | '1' | '8' | '64' | '32', number>>;
  readonly raw: number;
  readonly cosine: number;
  readonly neighbours: number;
  readonly startedMb: number;
  readonly endedMb: number;
}

/** What each wish must reach: times the yardstick at 64 in flight, and cosine to fp32. */
const wishes = {
  auto: { title: 'default', timesYardstick: 3.6, cosine: 0.9998 },
  fast: { title: 'fast', timesYardstick: 4.9, cosine: 0.994 },
} as const;

/** Of the raw rate at 64 in flight: fp32 is so slow that HTTP counts for less. */
const shareOfRaw = (backend: string): number => (/openvino-(bf16|int8)/.test(backend) ? 0.82 : 0.9);

/** What text-embeddings-inference 1.9.3 did where the bars were set, in times of the yardstick there: it cannot be run here. */
const tei = { '1': 163 / 116, '8': 154 / 116, '64': 131 / 116 } as const;

export function judgeModel({ threads, results, backends, hollow, overload, peer }: Measured): Report {
  const measured = Object.entries(backends);
  const peak = backends['auto']?.medians['64'] ?? Number.NaN;
  return {
    results: medians(results),
    ratios: Object.fromEntries(
      measured.flatMap(([name, backend]) => [...ratiosOf(name, backend), ...(peer ? besidePeer(name, backend, peer) : [])]),
    ),
    bars: [
      ...measured.flatMap(([name, backend]) => barsOf(name, backend)),
      { name: 'HTTP and tokenizing, µs of processor a request', atMost: 200, actual: hollow.cpuUs },
      { name: 'overload: goodput ÷ peak', atLeast: 0.9, actual: ratioOf(overload.perSecond, peak) },
      { name: 'overload: refusals, p99 ms', atMost: 50, actual: overload.refusalP99Ms ?? Number.NaN },
      { name: 'overload: neither answered nor refused', atMost: 0, actual: overload.other },
    ],
    notes: [
      `One sentence has 8 to 64 words. The client shares the ${threads} cores with the service. Yardstick: onnxruntime fp32 in-process on the graph as an exporter writes it, ${threads} threads, batches of 8 at random; measured in turns with the service, medians of the rounds.`,
      ...measured.map(
        ([name, { backend, medians: of }]) =>
          `${name}: \`${backend}\`; yardstick ${of.yardstick}/s; ${of['64']} sentences a second at 64 in flight, ${of['32']} in requests of 32.`,
      ),
      ...(peer
        ? [
            `fastembed on the same weights, in its own process and without HTTP: ${peer.medians['1']} sentences a second one at a time, ${peer.medians['32']} in 32 at a time, beside a yardstick of ${peer.medians.yardstick}; least cosine to fp32 ${peer.cosine.toFixed(6)}. The ratios are by the yardstick of each.`,
          ]
        : []),
      'The bars of 3.6 and 4.9 were set on a processor that multiplies bf16 (AVX512-BF16). One without can only save what padding costs: docs/benchmarks/ml-elsewhere.md has both.',
    ],
  };
}

function ratiosOf(name: string, { medians: of, raw }: BackendFacts): (readonly [string, number])[] {
  const levels = ['1', '8', '64'] as const;
  return [
    ...levels.map((level) => [`${name} ÷ yardstick, ${level} in flight`, ratioOf(of[level], of.yardstick)] as const),
    ...levels.map(
      (level) =>
        [`${name} ÷ TEI fp32 (by the yardstick), ${level} in flight`, ratioOf(of[level], of.yardstick * tei[level])] as const,
    ),
    [`${name}: raw ÷ yardstick`, ratioOf(raw, of.yardstick)],
  ];
}

/** By the yardstick beside each: they were measured one after the other. */
function besidePeer(name: string, { medians: of }: BackendFacts, peer: PeerFacts): (readonly [string, number])[] {
  const times = (ours: '64' | '32', its: '1' | '32') =>
    ratioOf(of[ours] / of.yardstick, peer.medians[its] / peer.medians.yardstick);
  return [
    [`${name}, 64 in flight ÷ fastembed, one sentence at a time`, times('64', '1')],
    [`${name} ÷ fastembed, 32 sentences at a time`, times('32', '32')],
  ];
}

function barsOf(name: string, { backend, medians: of, raw, cosine, neighbours, startedMb, endedMb }: BackendFacts): Bar[] {
  const wish = name === 'auto' || name === 'fast' ? wishes[name] : undefined;
  const title = wish?.title ?? name;
  const times = {
    name: `${title} ÷ yardstick at 64 in flight`,
    atLeast: wish?.timesYardstick ?? 0,
    actual: ratioOf(of['64'], of.yardstick),
  };
  return [
    ...(wish ? [times, { name: `${title}: least cosine to fp32`, atLeast: wish.cosine, actual: cosine }] : []),
    { name: `${title}: least cosine of a text to itself in other company`, atLeast: 0.9999, actual: neighbours },
    { name: `${title}: service ÷ raw at 64 in flight`, atLeast: shareOfRaw(backend), actual: ratioOf(of['64'], raw) },
    { name: `${title}: service ÷ raw with 32 sentences a request`, atLeast: 0.9, actual: ratioOf(of['32'], raw) },
    { name: `${title}: memory in the end, MB`, atMost: 700, actual: endedMb },
    { name: `${title}: memory in the end ÷ when it was ready`, atMost: 1.25, actual: ratioOf(endedMb, startedMb) },
  ];
}

/** One row a load: the middle of its rounds. */
function medians(results: readonly Result[]): Result[] {
  const loads = Map.groupBy(results, ({ name, concurrency }) => `${name} ${concurrency}`);
  return [...loads.values()].map(([first, ...others]) => {
    const rounds = [first as Result, ...others];
    const middle = (of: (row: Result) => number) => quantile(rounds.map(of), 0.5);
    const { name, concurrency } = rounds[0] as Result;
    return {
      name,
      concurrency,
      perSecond: middle((row) => row.perSecond),
      p50Ms: middle((row) => row.p50Ms),
      p99Ms: middle((row) => row.p99Ms),
    };
  });
}
