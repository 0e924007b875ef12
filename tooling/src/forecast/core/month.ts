import { randomFrom } from '../../random.ts';
import { type FleetDay, type FleetOptions, fleetDays } from './fleet-days.ts';
import type { ForecastInput } from './forecast.ts';
import type { Hosted, Parts } from './hosting.ts';
import { billedService, modelBill, type ModelMonth, secondUsd } from './model-bill.ts';
import type { Device } from './prices.ts';
import { sharedBill } from './shared-bills.ts';
import { logNormalOf, mean, type UnitCost, unitCostOf } from './unit-cost.ts';
import { DAY_S, DAYS, PEAK, type Workload } from './workload.ts';
import { capOf } from './worst.ts';

/** Days of fleets by what they were simulated for. */
export type Simulations = Map<string, (rate: number) => FleetDay>;

export interface DrawOptions extends ForecastInput {
  readonly hosted: Hosted;
}

/** A month as it may turn out. */
export interface Drawn {
  readonly parts: Parts;
  /** Of the calls, turned away. */
  readonly refused: number;
  readonly notes: readonly string[];
}

export interface MonthDraws {
  readonly users: number;
  readonly bills: readonly Drawn[];
}

const DRAWS = 400;
const SEED = 20_261_126;
/** How much slower than expected a device is in one case of twenty: one that was measured, and one that was only declared. */
const [MEASURED_P95, DECLARED_P95] = [1.25, 1.6];
/** The drawn demand of a month lies within this many times the expected one, either way. */
const REACH = 4;
/** What a request costs beside the model: the way there and back. */
const ROUND_TRIP_S = 0.03;
/** Headers of a reply. */
const HEAD_BYTES = 900;

/** The months of one row. Every row is dealt the same draws, so that rows differ by their prices alone. */
export function drawsOf(options: DrawOptions): MonthDraws[] {
  const { workload, hosted, measured, prices } = options;
  const device = prices.devices.find(({ id }) => id === hosted.model.device);
  if (!device) throw new RangeError(`"${hosted.model.device}" is none of the devices`);
  const cost = unitCostOf(measured, workload.pages);
  const users = Array.from({ length: workload.months }, (_, month) =>
    Math.round(workload.users * (1 + workload.growthPerMonth) ** month),
  );
  const model = modelOf(options, { device, cost, users });
  const deals = dealt(workload, device);
  const known = new Map<number, MonthDraws>();
  return users.map((of) => {
    const drawn = known.get(of) ?? {
      users: of,
      bills: deals.map((deal) => drawMonth(options, model, { ...deal, users: of })),
    };
    known.set(of, drawn);
    return drawn;
  });
}

interface Deal {
  /** Calls that come ÷ those expected. */
  readonly demand: number;
  /** What a page takes ÷ what was expected. */
  readonly slowness: number;
}

function dealt({ demandP95 }: Workload, { measured }: Device): Deal[] {
  const random = randomFrom(SEED);
  const demand = logNormalOf(1, demandP95);
  const slowness = logNormalOf(1, measured ? MEASURED_P95 : DECLARED_P95);
  return Array.from({ length: DRAWS }, () => ({
    demand: Math.min(REACH, Math.max(1 / REACH, demand(random))),
    slowness: slowness(random),
  }));
}

interface Model {
  readonly day: (rate: number) => FleetDay;
  readonly meanS: number;
  readonly startS: number;
  readonly replyBytes: number;
}

function modelOf(
  { hosted, caps, workload, measured, simulations }: DrawOptions,
  of: { device: Device; cost: UnitCost; users: readonly number[] },
): Model {
  const { runs } = hosted.model;
  const serviceS = billedService(
    runs,
    of.cost.computeS.map((each) => each / of.device.timesFaster),
  );
  const meanS = mean(serviceS);
  const startS = runs.startSeconds + (runs.snapshot ? 0 : measured.startSeconds);
  const always = runs.bills === 'always';
  const patient = Math.ceil((hosted.modelInstances * caps.deadlineMs) / 1000 / meanS);
  const rates = of.users.map((users) => users * workload.callsPerUserDay);
  const range = { least: Math.min(...rates) / REACH, most: Math.max(...rates) * REACH };
  const pool = {
    min: always ? hosted.modelInstances : 0,
    max: hosted.modelInstances,
    maxWaiting: patient,
    coldStartS: always ? 0 : startS,
    idleTailS: runs.idleTailSeconds,
  };
  const day = simulated(simulations, range, { serviceS, pool });
  return { day, meanS, startS, replyBytes: of.cost.meanReplyBytes };
}

function simulated(
  known: Simulations,
  range: { least: number; most: number },
  options: FleetOptions,
): (rate: number) => FleetDay {
  const key = JSON.stringify([range, options.pool, mean(options.serviceS)]);
  const days = known.get(key) ?? fleetDays(range, options);
  known.set(key, days);
  return days;
}

function drawMonth(options: DrawOptions, model: Model, { demand, slowness, users }: Deal & { users: number }): Drawn {
  const { workload, hosted } = options;
  const wanted = users * workload.callsPerUserDay * demand * DAYS;
  const month = modelMonth(options, model, { perDay: wanted / DAYS, slowness });
  const people = users * Math.min(1, workload.activeShare * demand) * DAYS;
  const through = options.databaseThroughServer ? people * (workload.readsPerActiveDay + workload.writesPerActiveDay) : 0;
  const dataGib = (people * workload.readsPerActiveDay * workload.documentKib) / 2 ** 20;
  const requests = wanted * workload.requestsPerCall + through;
  const replyGib = (month.calls * model.replyBytes + requests * HEAD_BYTES) / 2 ** 30;
  const shared = sharedBill(hosted, {
    days: DAYS,
    requests,
    waitS: ROUND_TRIP_S + (month.calls / requests) * model.meanS * slowness,
    serverEgressGib: replyGib + (through > 0 ? dataGib : 0),
    users,
    userDays: people,
    reads: people * workload.readsPerActiveDay,
    writes: people * workload.writesPerActiveDay,
    storedGib: (users * workload.storedDocumentsPerUser * workload.documentKib) / 2 ** 20,
    // Google asks nothing for what stays with Google; all else pays twice, on its way to the server and from there.
    databaseEgressGib: through > 0 && hosted.firstHop.vendor === 'Google Cloud' ? 0 : dataGib,
  });
  return {
    parts: { ...modelBill(hosted.model, month), ...shared.parts },
    refused: 1 - month.calls / wanted,
    notes: notesOf(shared, hosted),
  };
}

/** A fleet's month under the caps: time of instances and compute both have a most. */
function modelMonth({ hosted, caps }: DrawOptions, model: Model, of: { perDay: number; slowness: number }): ModelMonth {
  const day = model.day(of.perDay);
  const mostS = hosted.modelInstances * DAYS * DAY_S;
  const capS = capOf(caps) / 1e6 / secondUsd(hosted.model);
  const calls = of.perDay * day.served * DAYS;
  const wantedS = calls * model.meanS * of.slowness;
  const busyS = Math.min(wantedS, mostS, capS);
  const served = wantedS === 0 ? 0 : busyS / wantedS;
  const starts = Math.min(day.starts * DAYS, (mostS - busyS) / model.startS);
  const idleS = Math.max(0, Math.min(day.idleS * DAYS, mostS - busyS - starts * model.startS));
  const always = hosted.model.runs.bills === 'always';
  return {
    calls: calls * served,
    busyS,
    idleS: always ? mostS - busyS : idleS,
    starts: always ? 0 : starts,
    startS: model.startS,
    days: DAYS,
  };
}

function notesOf({ refused, neededServers }: ReturnType<typeof sharedBill>, { serverInstances, firstHop }: Hosted): string[] {
  const quotas = Object.entries(refused).map(([unit, much]) => `a free plan refuses ${Math.round(much)} ${unit} a month`);
  const servers =
    firstHop.runs.bills !== 'call' && neededServers > serverInstances
      ? [`the first hop needs ${neededServers} instances at its peak (${PEAK} × the mean), and has ${serverInstances}`]
      : [];
  return [...quotas, ...servers];
}
