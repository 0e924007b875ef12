import type { Caps, Hosted, Parts } from './hosting.ts';
import { modelBill } from './model-bill.ts';
import type { Offer, Unit } from './prices.ts';
import { hopBill, unboundedUnits } from './shared-bills.ts';
import { DAY_S, LONGEST_DAYS } from './workload.ts';

/** A price that strangers can run up without end: only a quota or a budget at the provider stops it. */
export interface Unbounded {
  readonly part: 'firstHop' | 'database' | 'signIn' | 'egress';
  readonly offer: string;
  readonly unit: Unit;
}

export interface Worst {
  /** The most that each part can cost in a month of 31 days; of what is unbounded, nothing. */
  readonly parts: Parts;
  readonly unbounded: readonly Unbounded[];
}

/**
 * What no traffic can exceed. Compute is bounded by the spend cap, at the offer's own price. The time of instances is bounded by
 * how many may run: all of them, all month. Calls of the model are bounded by the cap too, since each settled attempt's run
 * costs at least one micro-USD.
 */
export function worstOf(hosted: Hosted, caps: Caps): Worst {
  const monthS = LONGEST_DAYS * DAY_S;
  const capMicroUsd = capOf(caps);
  const model = modelBill(hosted.model, {
    calls: capMicroUsd * caps.attempts,
    busyS: hosted.modelInstances * monthS,
    idleS: 0,
    starts: 0,
    startS: 0,
    days: LONGEST_DAYS,
  });
  const modelCompute = Math.min(model.modelCompute, capMicroUsd / 1e6);
  const seconds = hosted.firstHop.runs.bills === 'call' ? 0 : hosted.serverInstances * monthS;
  const hop = hopBill(hosted.firstHop, { days: LONGEST_DAYS, seconds, requests: 0, egressGib: 0 });
  return {
    parts: {
      modelCompute,
      // Instances that wait all month, or start again and again: which of the two makes no difference to the bill.
      idleTail: model.modelCompute - modelCompute,
      coldStarts: 0,
      firstHop: hop.firstHop,
      database: 0,
      signIn: 0,
      egress: 0,
    },
    unbounded: [
      ...unbounded(hosted.firstHop, 'firstHop'),
      ...unbounded(hosted.database, 'database'),
      ...unbounded(hosted.signIn, 'signIn'),
    ],
  };
}

/** Micro-USD of model compute in the longest month. */
export const capOf = ({ monthMicroUsd, dayMicroUsd }: Caps): number => Math.min(monthMicroUsd, LONGEST_DAYS * dayMicroUsd);

const unbounded = (offer: Offer, part: Unbounded['part']): Unbounded[] =>
  unboundedUnits(offer).map((unit) => ({ part: unit === 'egress_gib' ? 'egress' : part, offer: offer.id, unit }));
