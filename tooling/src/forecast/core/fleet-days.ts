import { poissonArrivals, type Random } from '../../queueing/draws.ts';
import { type Outcome, type Pool, simulateQueue } from '../../queueing/simulate.ts';
import { randomFrom } from '../../random.ts';
import { DAY_S, dayShape, PEAK, SHAPE_S, shapeAt } from './workload.ts';

/** A day of a fleet, in starts and seconds of instances. */
export interface FleetDay {
  /** Of the calls. */
  readonly served: number;
  readonly starts: number;
  readonly idleS: number;
}

export interface FleetOptions {
  readonly pool: Pool;
  /** What pages take on the device, all as likely. */
  readonly serviceS: readonly number[];
}

/** Calls that a simulation is made of: more change a forecast by a few hundredths at most. */
const CALLS = 2_000;
const MOST_DAYS = 30;
/** Of a crowd, each three hours of the day are simulated by a stretch of so many calls. */
const STRETCH_CALLS = 250;
const SEED = 20_261_126;

/** Few callers: whole days, as many as it takes. A crowd: a stretch of each part of the day, and the part is taken to be alike. */
export function simulateDay(callsPerDay: number, options: FleetOptions): FleetDay {
  return callsPerDay <= CALLS ? wholeDays(callsPerDay, options) : stretches(callsPerDay / DAY_S, options);
}

function wholeDays(callsPerDay: number, options: FleetOptions): FleetDay {
  const days = Math.min(MOST_DAYS, Math.ceil(CALLS / callsPerDay));
  const mean = callsPerDay / DAY_S;
  const rate = { at: (second: number) => mean * shapeAt(second), most: mean * PEAK };
  const random = randomFrom(SEED);
  const outcome = run(poissonArrivals(rate, days * DAY_S, random), options, random);
  return { served: shareOf(outcome.served, outcome.refused), starts: outcome.coldStarts / days, idleS: outcome.idleS / days };
}

/** What the second and third part of a stretch add to the first: how a fleet begins, and how it ends, is in both. */
function stretches(perSecond: number, options: FleetOptions): FleetDay {
  const sums = { served: 0, refused: 0, starts: 0, idleS: 0 };
  for (const shape of dayShape) {
    const seconds = Math.min(SHAPE_S, STRETCH_CALLS / (perSecond * shape));
    const [short, long] = [1, 3].map((times) => {
      const random = randomFrom(SEED);
      const arrivals = [...poissonArrivals(perSecond * shape, times * seconds, random)];
      return run(arrivals, options, randomFrom(SEED + 1));
    }) as [Outcome, Outcome];
    const weight = SHAPE_S / (2 * seconds);
    const more = (of: (outcome: Outcome) => number) => weight * Math.max(0, of(long) - of(short));
    sums.served += more(({ served }) => served);
    sums.refused += more(({ refused }) => refused);
    sums.starts += more(({ coldStarts }) => coldStarts);
    sums.idleS += more(({ idleS }) => idleS);
  }
  return { served: shareOf(sums.served, sums.refused), starts: sums.starts, idleS: sums.idleS };
}

const shareOf = (served: number, refused: number): number => (served + refused === 0 ? 1 : served / (served + refused));

const run = (arrivals: Iterable<number>, { pool, serviceS }: FleetOptions, random: Random): Outcome =>
  simulateQueue({ arrivals, serviceS: () => serviceS[Math.floor(random() * serviceS.length)] ?? 0 }, pool);

const POINTS_PER_DECADE = 5;

/** Days at any rate between two: simulated at some, straight lines between them. Rates are calls a day. */
export function fleetDays({ least, most }: { least: number; most: number }, options: FleetOptions): (rate: number) => FleetDay {
  const steps = Math.max(1, Math.ceil(POINTS_PER_DECADE * Math.log10(most / least)));
  const step = Math.log(most / least) / steps;
  const days = Array.from({ length: steps + 1 }, (_, index) => simulateDay(least * Math.exp(step * index), options));
  return (rate) => {
    const place = step === 0 ? 0 : Math.min(steps, Math.max(0, Math.log(rate / least) / step));
    const left = Math.min(steps - 1, Math.floor(place));
    const [low, high] = [days[left], days[left + 1]];
    if (!low || !high) throw new RangeError(`no day was simulated around ${rate} calls a day`);
    const between = (of: (day: FleetDay) => number) => of(low) + (place - left) * (of(high) - of(low));
    return {
      served: between(({ served }) => served),
      starts: between(({ starts }) => starts),
      idleS: between(({ idleS }) => idleS),
    };
  };
}
