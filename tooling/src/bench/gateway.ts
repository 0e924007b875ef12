import { freePort } from '../ports.ts';
import type { Supervisor } from '../processes.ts';
import { drive, paced } from './drive.ts';
import { type Bar, quantile, ratioOf, type Report, type Result } from './figures.ts';
import { callerOf } from './gateway/caller.ts';
import type { Contender, Place } from './gateway/contender.ts';
import { ours } from './gateway/ours.ts';
import { bareProxy, litellm, portkey } from './gateway/peers.ts';
import { costOf } from './gateway/process-cost.ts';
import { startUpstream } from './gateway/start-upstream.ts';

const LEVELS = [1, 32, 128] as const;
const FULL_MS = 4_000;
const QUICK_MS = 1_500;
const ROUNDS = 3;

const BARE_BAR = 0.5;
const PORTKEY_BAR = 3;
const LITELLM_BAR = 40;
/** What this adds to the bare proxy's p99, as a multiple of it, both at half of what this can do. */
const ADDED_P99_BAR = 2;

type Build = (place: Place) => Contender | Promise<Contender>;

interface Contest {
  readonly build: Build;
  /** Measured so often; the medians count. */
  readonly rounds: number;
}

export interface GatewayBench {
  readonly quick: boolean;
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly tell: (line: string) => void;
}

interface Measured {
  readonly name: string;
  readonly version: string;
  readonly does: string;
  readonly results: readonly Result[];
  readonly cpuUs: number;
  readonly mainUs: number;
  readonly peakMiB: number;
}

/** This product beside a proxy that decides nothing, and beside its peers: the same upstream, one after the other. */
export async function benchGateway(bench: GatewayBench): Promise<Report> {
  const upstreamUrl = await startUpstream(bench.supervisor);
  const contests: Contest[] = [bareProxy, ours].map((build) => ({ build, rounds: bench.quick ? 1 : ROUNDS }));
  if (!bench.quick) contests.push({ build: portkey, rounds: 1 }, { build: litellm, rounds: 1 });
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { build } of contests.filter((contest) => round < contest.rounds)) {
      rounds.push(await measure(build, upstreamUrl, bench));
    }
  }
  const measured = [...new Set(rounds.map(({ name }) => name))].map((name) =>
    median(rounds.filter((each) => each.name === name)),
  );
  const ratePerSecond = at(measured, 'twohop', 32).perSecond / 2;
  const halfLoad = bench.quick ? [] : await halfLoadP99s(upstreamUrl, ratePerSecond, bench);
  const ratios = Object.fromEntries(
    measured
      .filter(({ name }) => name !== 'twohop')
      .flatMap(({ name }) => LEVELS.map((level) => [ratioName(name, level), ratioAt(measured, name, level)])),
  );
  return {
    results: measured.flatMap(({ results }) => results),
    ratios,
    bars: bench.quick ? [] : barsOf(ratios, halfLoad),
    notes: [
      ...measured.map(
        ({ name, version, does, cpuUs, mainUs, peakMiB }) =>
          `${name} (${version}; ${does}): ${cpuUs} us of processor time a request at 32 in flight, ${mainUs} of them in its main thread, at most ${peakMiB} MiB resident.`,
      ),
      ...halfLoad.map(
        ({ name, p99Ms }) => `${name}: p99 ${p99Ms} ms at ${Math.round(ratePerSecond)} requests a second (median of ${ROUNDS}).`,
      ),
    ],
  };
}

/** Starts it, lets `work` call it, stops it. */
async function withContender<T>(
  build: Build,
  { upstreamUrl, folder, supervisor }: Pick<GatewayBench, 'folder' | 'supervisor'> & { upstreamUrl: string },
  work: (contender: Contender, pid: number) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const contender = await build({ folder, upstreamUrl, port });
  const running = await supervisor.start(contender.spec);
  try {
    return await work(contender, running.pid);
  } finally {
    await running.stop();
  }
}

const measure = (build: Build, upstreamUrl: string, { quick, tell, ...places }: GatewayBench): Promise<Measured> =>
  withContender(build, { upstreamUrl, ...places }, async (contender, pid) => {
    const results: Result[] = [];
    let [cpuUs, mainUs] = [0, 0];
    for (const concurrency of LEVELS) {
      const { operation, calls, close } = callerOf(contender, concurrency);
      const before = await costOf(pid);
      const ms = quick ? QUICK_MS : FULL_MS;
      results.push(await drive({ name: contender.name, concurrency, ms, operation }));
      await close();
      const after = await costOf(pid);
      const usACall = (of: 'cpuMs' | 'mainCpuMs') => Math.round(((after[of] - before[of]) * 1000) / calls());
      if (concurrency === 32) [cpuUs, mainUs] = [usACall('cpuMs'), usACall('mainCpuMs')];
      tell(`${contender.name} at ${concurrency}: ${results.at(-1)?.perSecond}/s`);
    }
    const { name, version, does } = contender;
    return { name, version, does, results, cpuUs, mainUs, peakMiB: (await costOf(pid)).peakMiB };
  });

interface HalfLoad {
  readonly name: string;
  readonly p99Ms: number;
}

/** Both at the same rate, in turn. */
async function halfLoadP99s(upstreamUrl: string, perSecond: number, places: GatewayBench): Promise<HalfLoad[]> {
  const p99s: HalfLoad[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const build of [bareProxy, ours]) {
      const p99Ms = await withContender(build, { ...places, upstreamUrl }, async (contender) => {
        const { operation, close } = callerOf(contender, 128);
        const timed = async () => {
          const startMs = performance.now();
          await operation();
          return performance.now() - startMs;
        };
        await drive({ name: 'warm', concurrency: 32, ms: FULL_MS / 4, operation });
        return paced({ perSecond, ms: FULL_MS, operation: timed }).finally(close);
      });
      p99s.push({ name: build === ours ? 'twohop' : 'bare proxy', p99Ms });
    }
  }
  return ['bare proxy', 'twohop'].map((name) => ({
    name,
    p99Ms: quantile(
      p99s.filter((each) => each.name === name).map(({ p99Ms }) => p99Ms),
      0.5,
    ),
  }));
}

/** The middle one of each figure. */
function median(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (!first) throw new Error('a contender is measured at least once');
  const middle = (value: (round: Measured) => number) => quantile(rounds.map(value), 0.5);
  const results = first.results.map((result, index): Result => {
    const of = (key: 'perSecond' | 'p50Ms' | 'p99Ms') => middle((round) => round.results[index]?.[key] ?? Number.NaN);
    return { ...result, perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
  });
  return {
    ...first,
    results,
    cpuUs: middle(({ cpuUs }) => cpuUs),
    mainUs: middle(({ mainUs }) => mainUs),
    peakMiB: middle(({ peakMiB }) => peakMiB),
  };
}

function at(measured: readonly Measured[], name: string, concurrency: number): Result {
  const result = measured.find((each) => each.name === name)?.results.find((each) => each.concurrency === concurrency);
  if (!result) throw new Error(`${name} was not measured at ${concurrency}`);
  return result;
}

const ratioName = (name: string, level: number): string => `twohop ÷ ${name}, requests a second at ${level} in flight`;
const ratioAt = (measured: readonly Measured[], name: string, level: number): number =>
  ratioOf(at(measured, 'twohop', level).perSecond, at(measured, name, level).perSecond);

function barsOf(ratios: Readonly<Record<string, number>>, halfLoad: readonly HalfLoad[]): Bar[] {
  const bar = (name: string, atLeast: number): Bar => {
    const of = ratioName(name, 32);
    return { name: of, atLeast, actual: ratios[of] ?? Number.NaN };
  };
  const [bare, own] = halfLoad.map(({ p99Ms }) => p99Ms);
  return [
    bar('bare proxy', BARE_BAR),
    bar('portkey', PORTKEY_BAR),
    bar('litellm', LITELLM_BAR),
    {
      name: 'p99 added at half load ÷ the bare proxy’s p99',
      atMost: ADDED_P99_BAR,
      actual: bare === undefined || own === undefined ? Number.NaN : ratioOf(own - bare, bare),
    },
  ];
}
