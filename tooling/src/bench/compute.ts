import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../random.ts';
import { root } from '../root.ts';
import { startStack } from '../stack.ts';
import { quantile, type Report, resultOf } from './figures.ts';
import { textOf } from './quote-texts.ts';
import { machine } from './report.ts';

export interface ComputeBench {
  readonly quick: boolean;
  readonly tell: (line: string) => void;
}

const FULL = { chars: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000], rounds: 15, warm: 1 };
const QUICK = { chars: [250, 2_000], rounds: 3, warm: 1 };
const SEED = 20_261_126;
/** A page is measured to its end, however busy the machine is. */
const DEADLINE_MS = '120000';

/** What a page of one size cost. */
interface Size {
  readonly chars: number;
  readonly computeUs: readonly number[];
  readonly wallMs: readonly number[];
  readonly replyBytes: readonly number[];
}

/**
 * The model's own report for pages of known sizes, one in flight: the unit cost that a forecast multiplies. In full it is
 * written to docs/benchmarks/compute.json.
 */
export async function benchCompute({ quick, tell }: ComputeBench): Promise<Report> {
  const { chars, rounds, warm } = quick ? QUICK : FULL;
  const load = loadavg()[0] ?? Number.NaN;
  const stack = await startStack({ parts: ['ml'] });
  try {
    const random = randomFrom(SEED);
    const ask = (size: number) => pageOf(stack.urls.ml, stack.mlKey, textOf(size, random));
    for (let run = 0; run < warm; run++) for (const size of chars) await ask(size);
    const sizes: Size[] = chars.map((size) => ({ chars: size, computeUs: [], wallMs: [], replyBytes: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [index, size] of sizes.entries()) sizes[index] = added(size, await ask(size.chars));
      tell(`compute: round ${round + 1} of ${rounds}`);
    }
    const startSeconds = stack.process('ml').readyMs / 1000;
    if (!quick) await writeMeasured(sizes, { startSeconds, load });
    return reportOf(sizes, { startSeconds, load, rounds });
  } finally {
    await stack.stop();
  }
}

interface Page {
  readonly computeUs: number;
  readonly wallMs: number;
  readonly replyBytes: number;
}

const added = (size: Size, page: Page): Size => ({
  chars: size.chars,
  computeUs: [...size.computeUs, page.computeUs],
  wallMs: [...size.wallMs, page.wallMs],
  replyBytes: [...size.replyBytes, page.replyBytes],
});

async function pageOf(url: string, key: string, text: string): Promise<Page> {
  const startMs = performance.now();
  const response = await fetch(`${url}/v1/highlights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-deadline-ms': DEADLINE_MS },
    body: JSON.stringify({ text }),
  });
  const { byteLength } = await response.arrayBuffer();
  const computeUs = Number(response.headers.get('x-compute-us') ?? Number.NaN);
  if (!response.ok || !(computeUs > 0)) throw new Error(`the model answered ${response.status} without a report`);
  return { computeUs, wallMs: performance.now() - startMs, replyBytes: byteLength };
}

interface Circumstances {
  readonly startSeconds: number;
  /** Of the machine before the bench began. */
  readonly load: number;
}

const pointOf = ({ chars, computeUs, replyBytes }: Size) => ({
  chars,
  p25ComputeUs: quantile(computeUs, 0.25),
  p50ComputeUs: quantile(computeUs, 0.5),
  p95ComputeUs: quantile(computeUs, 0.95),
  replyBytes: Math.round(quantile(replyBytes, 0.5)),
});

async function writeMeasured(sizes: readonly Size[], { startSeconds, load }: Circumstances): Promise<void> {
  const measured = {
    by: 'npm run bench -- compute',
    asOf: new Date().toISOString().slice(0, 10),
    machine: machine(),
    load: Number(load.toFixed(2)),
    startSeconds: Number(startSeconds.toFixed(1)),
    points: sizes.map(pointOf),
  };
  await writeFile(join(root, 'docs/benchmarks/compute.json'), `${JSON.stringify(measured, null, 2)}\n`);
}

function reportOf(sizes: readonly Size[], { startSeconds, load, rounds }: Circumstances & { rounds: number }): Report {
  return {
    results: sizes.map(({ chars, wallMs }) =>
      resultOf(`page of ${chars} characters`, 1, { latencies: wallMs, ms: wallMs.reduce((sum, each) => sum + each, 0) }),
    ),
    ratios: Object.fromEntries(
      sizes.map(pointOf).flatMap(({ chars, p25ComputeUs, p50ComputeUs, p95ComputeUs }) => [
        [`compute of ${chars} characters, ms, p50`, p50ComputeUs / 1000],
        [`compute of ${chars} characters, p25 ÷ p50`, Number((p25ComputeUs / p50ComputeUs).toFixed(2))],
        [`compute of ${chars} characters, p95 ÷ p50`, Number((p95ComputeUs / p50ComputeUs).toFixed(2))],
      ]),
    ),
    bars: [],
    notes: [
      `The model's own report (\`x-compute-us\`) for ${rounds} pages of each size (seed ${SEED}), one in flight, straight at the model service, which was ready ${startSeconds.toFixed(1)} s after its start.`,
      `The machine's load was ${load.toFixed(2)} on ${cpus().length} CPUs before the bench began: above 1 a processor, the figures are too high.`,
    ],
  };
}
