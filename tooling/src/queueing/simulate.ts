import { line } from './line.ts';
import { wakeups } from './wakeups.ts';

/** What comes in. Times are seconds. */
export interface Load {
  /** When each call arrives, ascending. */
  readonly arrivals: Iterable<number>;
  /** Asked once a call, in the order of arrival: how long an instance works for it, alone. */
  readonly serviceS: () => number;
}

/** What serves it: instances that work for one call at a time, and a queue in the order of arrival. */
export interface Pool {
  /** On from the start, and never off. */
  readonly min: number;
  readonly max: number;
  /** Calls that may wait; the next one is refused. */
  readonly maxWaiting: number;
  /** From the moment an instance is wanted until it can serve. */
  readonly coldStartS: number;
  /** An instance above `min` that has had nothing to do for so long is turned off. */
  readonly idleTailS: number;
}

/** Seconds of instances sum up to what is billed where a machine is billed while it is on: starting + busy + idle. */
export interface Outcome {
  readonly served: number;
  readonly refused: number;
  /** From arrival until an instance worked for it, of each served call, in the order in which they began. */
  readonly waitsS: readonly number[];
  readonly coldStarts: number;
  readonly mostInstances: number;
  readonly startingS: number;
  readonly busyS: number;
  readonly idleS: number;
  /** When the last instance that goes off has gone off, or the last call has ended. */
  readonly endS: number;
}

/**
 * Event by event, so that it is exact for what is given. A call takes the warm instance that was used last: the others come
 * nearer to being turned off. One instance is started for each call that waits, up to `max`.
 */
export function simulateQueue({ arrivals, serviceS }: Load, pool: Pool): Outcome {
  const house = openHouse(pool);
  for (const at of arrivals) {
    until(house, at);
    arrive(house, at, serviceS());
  }
  until(house, Number.POSITIVE_INFINITY);
  // What never goes off is idle until the end.
  for (const since of house.idle) house.sums.idleS += Math.max(0, house.sums.endS - since);
  return { served: house.waitsS.length, waitsS: house.waitsS, ...house.sums };
}

const openHouse = (pool: Pool) => ({
  pool,
  /** When each idle instance became so. The last one in is the first one out, so the oldest stand first. */
  idle: Array.from({ length: pool.min }, () => 0),
  waiting: line<{ readonly at: number; readonly serviceS: number }>(),
  events: wakeups<'ready' | 'done'>(),
  on: pool.min,
  starting: 0,
  waitsS: [] as number[],
  sums: { refused: 0, coldStarts: 0, mostInstances: pool.min, startingS: 0, busyS: 0, idleS: 0, endS: 0 },
});
type House = ReturnType<typeof openHouse>;

function arrive(house: House, at: number, serviceS: number): void {
  const { pool, idle, waiting, sums } = house;
  const since = idle.pop();
  if (since !== undefined) {
    sums.idleS += at - since;
    return work(house, at, { at, serviceS });
  }
  if (waiting.length() >= pool.maxWaiting) return void (sums.refused += 1);
  waiting.push({ at, serviceS });
  if (house.on < pool.max && house.starting < waiting.length()) start(house, at);
}

function start(house: House, at: number): void {
  const { pool, sums, events } = house;
  house.on += 1;
  house.starting += 1;
  sums.coldStarts += 1;
  sums.startingS += pool.coldStartS;
  sums.mostInstances = Math.max(sums.mostInstances, house.on);
  events.add(at + pool.coldStartS, 'ready');
}

function work({ waitsS, sums, events }: House, at: number, call: { readonly at: number; readonly serviceS: number }): void {
  waitsS.push(at - call.at);
  sums.busyS += call.serviceS;
  events.add(at + call.serviceS, 'done');
}

/** Lets happen what happens until then. */
function until(house: House, at: number): void {
  for (let event = house.events.next(at); event; event = house.events.next(at)) {
    turnOff(house, event.at);
    house.sums.endS = Math.max(house.sums.endS, event.at);
    if (event.what === 'ready') house.starting -= 1;
    const next = house.waiting.shift();
    if (next) work(house, event.at, next);
    else house.idle.push(event.at);
  }
  turnOff(house, at);
}

/** Whoever has been idle for long enough by then. */
function turnOff(house: House, at: number): void {
  const { pool, idle, sums } = house;
  while (house.on > pool.min && idle[0] !== undefined && idle[0] + pool.idleTailS <= at) {
    sums.endS = Math.max(sums.endS, idle[0] + pool.idleTailS);
    sums.idleS += pool.idleTailS;
    house.on -= 1;
    idle.shift();
  }
}
