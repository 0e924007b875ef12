import { billOf, sumOf, type Usage } from './bill.ts';
import type { Parts } from './hosting.ts';
import type { ModelOffer, Unit } from './prices.ts';

/** A month of the model's instances, in seconds of all of them together. */
export interface ModelMonth {
  readonly calls: number;
  readonly busyS: number;
  readonly idleS: number;
  readonly starts: number;
  readonly startS: number;
  readonly days: number;
}

export type ModelParts = Pick<Parts, 'modelCompute' | 'idleTail' | 'coldStarts'>;

/** What the month is billed: the price of time is shared out by what the time went to, all else is the calls' own. */
export function modelBill({ meters, runs, creditUsd }: ModelOffer, month: ModelMonth): ModelParts {
  const coldS = runs.bills === 'always' ? 0 : month.starts * month.startS;
  const idleS = runs.bills === 'request' ? 0 : month.idleS + month.starts * lostToRounding(runs);
  const aliveS = month.busyS + idleS + coldS;
  const usage: Usage = { request: month.calls, month: 1 };
  const timed = Object.entries(runs.shape) as [Unit, number][];
  for (const [unit, perSecond] of timed) usage[unit] = perSecond * aliveS;
  const { usd } = billOf({ meters }, usage, month.days);
  const time = timed.reduce((sum, [unit]) => sum + (usd[unit] ?? 0), 0);
  const total = sumOf(usd);
  const paid = total === 0 ? 0 : Math.max(0, total - creditUsd) / total;
  const of = (seconds: number): number => (aliveS === 0 ? 0 : (paid * time * seconds) / aliveS);
  return { modelCompute: of(month.busyS) + paid * (total - time), idleTail: of(idleS), coldStarts: of(coldS) };
}

/** A life of any length, rounded up to a step, is half a step too long in the mean. */
const lostToRounding = ({ bills, granularitySeconds }: ModelOffer['runs']): number =>
  bills === 'instance' ? granularitySeconds / 2 : 0;

/** Seconds billed for calls of these lengths where each is rounded up by itself; else as they are. */
export const billedService = ({ bills, granularitySeconds }: ModelOffer['runs'], serviceS: readonly number[]): number[] =>
  bills === 'request' ? serviceS.map((each) => Math.ceil(each / granularitySeconds - 1e-9) * granularitySeconds) : [...serviceS];

/** One instance for one second, without what is free. */
export const secondUsd = ({ meters, runs }: Pick<ModelOffer, 'meters' | 'runs'>): number =>
  meters.reduce((sum, { unit, usd = 0, per }) => sum + ((runs.shape[unit] ?? 0) * usd) / per, 0);
