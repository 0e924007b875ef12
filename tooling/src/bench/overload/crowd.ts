import { ratioOf, type Result } from '../figures.ts';
import { laned, offered, p99, refused, rowOf, served } from './calls.ts';
import { type Part, ROUND_SECONDS, type Scene, SENTENCES } from './scene.ts';
import { inTurns, ratiosOf } from './turns.ts';

const LANES = [1, 2, 4, 8] as const;
const TIMES = 10;
const CALM = 5;

/** One call after another: what is taken when there is nobody else. */
export async function unloaded({ calls, where, seconds, tell }: Scene): Promise<{ part: Part; p99Ms: number }> {
  const ms = seconds(15);
  const ended = await laned({ lanes: 1, ms, call: () => calls.run('ann', SENTENCES) });
  const row = rowOf(`${where}one after another`, ended, ms);
  tell(`unloaded: p50 ${row.p50Ms} ms, p99 ${row.p99Ms} ms`);
  return { part: { rows: [row], bars: [], notes: [] }, p99Ms: p99(served(ended)) };
}

export interface Peak {
  readonly part: Part;
  readonly perSecond: number;
  /** So many at a time reach it. */
  readonly lanes: number;
}

/** The most that is served, by so many at a time. */
export async function peakOf({ calls, where, seconds, tell }: Scene): Promise<Peak> {
  const ms = seconds(7);
  const rows: Result[] = [];
  for (const lanes of LANES) {
    const ended = await laned({ lanes, ms, call: (lane) => calls.run(`lane-${lane}`, SENTENCES) });
    rows.push(rowOf(`${where}${lanes} at a time`, ended, ms));
  }
  const perSecond = Math.max(...rows.map((row) => row.perSecond));
  const lanes = LANES[rows.findIndex((row) => row.perSecond === perSecond)] ?? 1;
  tell(`peak: ${perSecond} runs a second, ${lanes} at a time`);
  return { part: { rows, bars: [], notes: [] }, perSecond, lanes };
}

interface Crowd {
  readonly peak: Peak;
  readonly calmP99Ms: number;
}

/** Many times what can be served, in turn with what can. */
export async function overload(scene: Scene, { peak, calmP99Ms }: Crowd): Promise<Part> {
  const { calls, where, seconds, rounds, tell } = scene;
  const ms = seconds(ROUND_SECONDS);
  const crowd = (index: number) => calls.run(`crowd-${index % 997}`, SENTENCES);
  const turns = await inTurns(
    rounds,
    () => laned({ lanes: peak.lanes, ms, call: (lane) => calls.run(`lane-${lane}`, SENTENCES) }),
    () => offered({ perSecond: TIMES * peak.perSecond, ms, call: crowd }),
  );
  const back = await secondsBack(scene, calmP99Ms);
  const ended = turns.burdened.flat();
  const turnedAway = refused(ended);
  const { each, median } = ratiosOf(turns, (calls) => served(calls).length);
  const row = rowOf(`${where}${TIMES} times the peak offered`, ended, ms * rounds);
  tell(`overload: ${row.perSecond} runs a second, ${turnedAway.length} turned away, back after ${back} s`);
  const silent = turnedAway.filter(({ saysWhen }) => !saysWhen).length;
  const other = ended.length - served(ended).length - turnedAway.length;
  return {
    rows: [rowOf(`${where}at the peak, in turn with that`, turns.calm.flat(), ms * rounds), row],
    bars: [
      { name: `${where}goodput at ${TIMES} times the peak ÷ peak, median of ${rounds}`, atLeast: 0.9, actual: median },
      { name: `${where}p99 of what is admitted ÷ unloaded`, atMost: 2, actual: ratioOf(p99(served(ended)), calmP99Ms) },
      { name: `${where}p99 of refusals, ms`, atMost: 50, actual: Number(p99(turnedAway).toFixed(1)) },
      { name: `${where}refusals without Retry-After, and ends that are neither 200 nor 503`, atMost: 0, actual: silent + other },
      { name: `${where}back to the baseline, s`, atMost: 10, actual: back },
    ],
    notes: [
      `${where}offered ${ended.length} runs in ${(ms * rounds) / 1_000} s: ${served(ended).length} served, ${turnedAway.length} refused with 503.`,
      `${where}peak and ${TIMES} times the peak in turn: goodput × ${each.join(', ')}.`,
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
