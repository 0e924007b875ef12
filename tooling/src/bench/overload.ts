import { mlService, urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import type { Supervisor } from '../processes.ts';
import { type Bar, ratioOf, type Report, type Result } from './figures.ts';
import { loadedServer } from './loaded-server.ts';
import { type Calls, callsOf, type Ended, laned, offered, p99, refused, rowOf, served } from './overload/calls.ts';
import { flood } from './overload/flood.ts';
import { sieges } from './overload/sieges.ts';

export interface OverloadBench {
  readonly quick: boolean;
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly tell: (line: string) => void;
}

/** Work enough that refusing it is cheap beside running it, as with any model that is worth a gateway. One batch of the model's. */
const SENTENCES = 16;
const TIMES = 10;
const LANES = [1, 2, 4, 8] as const;
const OTHERS = 20;
const HOG_TIMES = 100;
/** Of the peak, by all the others together: what a quiet hour is. */
const OTHERS_SHARE = 0.5;
const CALM = 5;

interface Scene {
  readonly calls: Calls;
  /** Stretches every phase. */
  readonly seconds: (full: number) => number;
  readonly tell: (line: string) => void;
}

interface Part {
  readonly rows: readonly Result[];
  readonly bars: readonly Bar[];
  readonly notes: readonly string[];
}

/** What a crowd gets of a real server before the real model service, and what one greedy user or slow sockets take from others. */
export async function benchOverload({ quick, folder, supervisor, tell }: OverloadBench): Promise<Report> {
  const model = await startModel(supervisor);
  const server = await loadedServer({ supervisor, folder, model });
  const calls = callsOf(server);
  const scene: Scene = { calls, tell, seconds: (full) => (quick ? full / 12 : full) * 1_000 };
  try {
    await laned({ lanes: 4, ms: scene.seconds(6), call: (lane) => calls.run(`warm-${lane}`, SENTENCES) });
    const calm = await unloaded(scene);
    const peak = await peakOf(scene);
    const parts = [
      calm.part,
      peak.part,
      await overload(scene, { perSecond: peak.perSecond, calmP99Ms: calm.p99Ms }),
      await fairness(scene, peak.perSecond),
      await flood({ ...scene, quick }),
      ...(quick ? [] : [await sieges({ calls, url: server.url, tell })]),
    ];
    const bars = parts.flatMap((part) => part.bars);
    return {
      results: parts.flatMap(({ rows }) => rows),
      ratios: Object.fromEntries(bars.filter(({ name }) => name.includes('÷')).map(({ name, actual }) => [name, actual])),
      bars,
      notes: parts.flatMap(({ notes }) => notes),
    };
  } finally {
    await calls.close();
    await server.stop();
  }
}

async function startModel(supervisor: Supervisor): Promise<{ url: string; key: string }> {
  const port = await freePort();
  const key = crypto.randomUUID();
  await supervisor.start({ ...mlService(port, key), readyWithinMs: 120_000 });
  return { url: urlOf(port), key };
}

async function unloaded({ calls, seconds, tell }: Scene): Promise<{ part: Part; p99Ms: number }> {
  const ms = seconds(15);
  const ended = await laned({ lanes: 1, ms, call: () => calls.run('ann', SENTENCES) });
  const row = rowOf('one after another', ended, ms);
  tell(`unloaded: p50 ${row.p50Ms} ms, p99 ${row.p99Ms} ms`);
  return { part: { rows: [row], bars: [], notes: [] }, p99Ms: p99(served(ended)) };
}

async function peakOf({ calls, seconds, tell }: Scene): Promise<{ part: Part; perSecond: number }> {
  const rows: Result[] = [];
  for (const lanes of LANES) {
    const ms = seconds(7);
    const ended = await laned({ lanes, ms, call: (lane) => calls.run(`lane-${lane}`, SENTENCES) });
    rows.push(rowOf(`${lanes} at a time`, ended, ms));
  }
  const perSecond = Math.max(...rows.map((row) => row.perSecond));
  tell(`peak: ${perSecond} runs a second`);
  return { part: { rows, bars: [], notes: [] }, perSecond };
}

async function overload(scene: Scene, { perSecond, calmP99Ms }: { perSecond: number; calmP99Ms: number }): Promise<Part> {
  const { calls, seconds, tell } = scene;
  const ms = seconds(30);
  const crowd = (index: number) => calls.run(`crowd-${index % 997}`, SENTENCES);
  const ended = await offered({ perSecond: TIMES * perSecond, ms, call: crowd });
  const back = await secondsBack(scene, calmP99Ms);
  const turnedAway = refused(ended);
  const row = rowOf(`${TIMES} times the peak offered`, ended, ms);
  tell(`overload: ${row.perSecond} runs a second, ${turnedAway.length} turned away, back after ${back} s`);
  const silent = turnedAway.filter(({ saysWhen }) => !saysWhen).length;
  const other = ended.length - served(ended).length - turnedAway.length;
  return {
    rows: [row],
    bars: [
      { name: `goodput at ${TIMES} times the peak ÷ peak`, atLeast: 0.9, actual: ratioOf(row.perSecond, perSecond) },
      { name: 'p99 of what is admitted ÷ unloaded', atMost: 2, actual: ratioOf(p99(served(ended)), calmP99Ms) },
      { name: 'p99 of refusals, ms', atMost: 50, actual: Number(p99(turnedAway).toFixed(1)) },
      { name: 'refusals without Retry-After, and ends that are neither 200 nor 503', atMost: 0, actual: silent + other },
      { name: 'back to the baseline, s', atMost: 10, actual: back },
    ],
    notes: [
      `Offered ${ended.length} runs in ${ms / 1_000} s: ${served(ended).length} served, ${turnedAway.length} refused with 503.`,
    ],
  };
}

/** After so long so many calls in a row are served no later than without any load. */
async function secondsBack({ calls, seconds }: Scene, calmP99Ms: number): Promise<number> {
  const beganMs = performance.now();
  const endMs = beganMs + seconds(30);
  let firstMs = beganMs;
  for (let calm = 0; calm < CALM && performance.now() < endMs;) {
    const { status, ms } = await calls.run('ann', SENTENCES);
    const isCalm = status === 200 && ms <= calmP99Ms;
    calm = isCalm ? calm + 1 : 0;
    if (!isCalm) firstMs = performance.now();
  }
  return Number(((firstMs - beganMs) / 1_000).toFixed(1));
}

async function fairness({ calls, seconds, tell }: Scene, peakPerSecond: number): Promise<Part> {
  const ms = seconds(25);
  const perSecond = OTHERS_SHARE * peakPerSecond;
  const offer = (name: string, rate: number) =>
    offered({ perSecond: rate, ms, call: (index) => calls.run(name === 'hog' ? name : `${name}-${index % OTHERS}`, SENTENCES) });
  const alone = await offer('other', perSecond);
  const [beside] = await Promise.all([offer('other', perSecond), offer('hog', (HOG_TIMES * perSecond) / OTHERS)]);
  const shareOf = (ended: readonly Ended[]) => served(ended).length / ended.length;
  const rows = [rowOf(`${OTHERS} users`, alone, ms), rowOf(`${OTHERS} users beside one at ${HOG_TIMES} times`, beside, ms)];
  tell(`others: ${shareOf(alone).toFixed(3)} served alone, ${shareOf(beside).toFixed(3)} beside one greedy user`);
  const name = `share of the others’ runs that are served, beside one user at ${HOG_TIMES} times ÷ without`;
  return { rows, bars: [{ name, atLeast: 0.95, actual: ratioOf(shareOf(beside), shareOf(alone)) }], notes: [] };
}
