import { billOf, type Usage } from './bill.ts';
import type { Hosted, Parts } from './hosting.ts';
import type { FirstHopOffer, Offer, Unit } from './prices.ts';
import { DAY_S, dayShape, PEAK } from './workload.ts';

/** A month of everything but the model. */
export interface SharedMonth {
  readonly days: number;
  readonly requests: number;
  /** How long the server waits for the model and its own work, a request in the mean. */
  readonly waitS: number;
  readonly serverEgressGib: number;
  readonly users: number;
  readonly userDays: number;
  readonly reads: number;
  readonly writes: number;
  readonly storedGib: number;
  readonly databaseEgressGib: number;
}

export interface SharedBill {
  readonly parts: Pick<Parts, 'firstHop' | 'database' | 'signIn' | 'egress'>;
  /** Of what a free plan's quota refuses, by unit. */
  readonly refused: Usage;
  /** Instances of the first hop that the busiest hours need. */
  readonly neededServers: number;
}

/** Of a core, a request: assumed. `npm run bench -- gateway` prints what a run with everything on takes of your machine. */
const SERVER_CPU_S = 0.004;
/** An instance is taken to be full before its core is, or its latency would not hold. */
const FULL = 0.6;

export function sharedBill({ firstHop, database, signIn, serverInstances }: Hosted, month: SharedMonth): SharedBill {
  const perSecond = month.requests / (month.days * DAY_S);
  const neededServers = Math.max(1, Math.ceil((perSecond * PEAK * SERVER_CPU_S) / FULL));
  const instances = firstHop.runs.bills === 'always' ? serverInstances : Math.min(neededServers, serverInstances);
  const hop = hopBill(firstHop, {
    days: month.days,
    requests: month.requests,
    seconds: hopSeconds(firstHop.runs, instances, month),
    egressGib: month.serverEgressGib,
  });
  const data = billOf(database, dataUsage(month), month.days);
  const people = billOf(signIn, { active_user: month.users, active_user_day: month.userDays }, month.days);
  return {
    parts: {
      firstHop: hop.firstHop,
      database: without(data.usd, 'egress_gib'),
      signIn: without(people.usd, 'egress_gib'),
      egress: hop.egress + (data.usd.egress_gib ?? 0),
    },
    refused: { ...data.refused, ...people.refused },
    neededServers,
  };
}

export interface HopMonth {
  readonly days: number;
  readonly requests: number;
  /** Of all instances together. */
  readonly seconds: number;
  readonly egressGib: number;
}

export function hopBill(
  offer: FirstHopOffer,
  { days, requests, seconds, egressGib }: HopMonth,
): Pick<Parts, 'firstHop' | 'egress'> {
  const usage: Usage = { request: requests, cpu_second: requests * SERVER_CPU_S, month: 1, egress_gib: egressGib };
  for (const [unit, perSecond] of Object.entries(offer.runs.shape) as [Unit, number][]) usage[unit] = perSecond * seconds;
  const { usd } = billOf(offer, usage, days);
  return { firstHop: without(usd, 'egress_gib'), egress: usd.egress_gib ?? 0 };
}

/** Seconds of instances: requests of one instance overlap where it takes several, so it is billed while any of them is open. */
function hopSeconds(runs: FirstHopOffer['runs'], instances: number, { requests, waitS, days }: SharedMonth): number {
  const monthS = days * DAY_S;
  const openS = Math.max(runs.granularitySeconds, waitS);
  switch (runs.bills) {
    case 'always':
      return instances * monthS;
    case 'call':
      return 0;
    case 'request':
      return runs.callsAtATime === 1 ? requests * openS : instances * monthS * shareOpen(requests / monthS / instances, openS);
    case 'instance':
      return instances * monthS * shareOpen(requests / monthS / instances, openS + runs.idleTailSeconds);
  }
}

/** Of the time, what has seen a request within so many seconds: requests come independently, by the hour of the day. */
const shareOpen = (perSecond: number, withinS: number): number =>
  dayShape.reduce((sum, shape) => sum + 1 - Math.exp(-perSecond * shape * withinS), 0) / dayShape.length;

const dataUsage = ({ reads, writes, storedGib, databaseEgressGib }: SharedMonth): Usage => ({
  document_read: reads,
  document_write: writes,
  stored_gib: storedGib,
  egress_gib: databaseEgressGib,
});

const without = (usd: Usage, unit: Unit): number =>
  Object.entries(usd).reduce((sum, [name, each]) => sum + (name === unit ? 0 : each), 0);

const METERED: Readonly<Record<Offer['role'], readonly Unit[]>> = {
  model: [],
  'first-hop': ['request', 'cpu_second', 'egress_gib'],
  database: ['document_read', 'document_write', 'document_delete', 'stored_gib', 'egress_gib'],
  'sign-in': ['active_user', 'active_user_day'],
};

/** What strangers can make grow, and what neither our caps nor the offer bounds. */
export const unboundedUnits = ({ role, meters }: Offer): Unit[] =>
  meters
    .filter(
      ({ unit, usd, tiers, quota }) =>
        METERED[role].includes(unit) && !quota && (tiers?.some((tier) => tier.usd > 0) ?? (usd ?? 0) > 0),
    )
    .map(({ unit }) => unit);
