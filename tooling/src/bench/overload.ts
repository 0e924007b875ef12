import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { mlService, urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import type { Supervisor } from '../processes.ts';
import type { Report } from './figures.ts';
import { loadedServer } from './loaded-server.ts';
import { callsOf, laned } from './overload/calls.ts';
import { overload, peakOf, unloaded } from './overload/crowd.ts';
import { fairness } from './overload/fairness.ts';
import { flood } from './overload/flood.ts';
import { type Part, type Scene, SENTENCES } from './overload/scene.ts';
import { sieges } from './overload/sieges.ts';

export interface OverloadBench {
  readonly quick: boolean;
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly tell: (line: string) => void;
}

const ROUNDS = 5;
const PLACES = 4;
const PLACE_MS = 100;
const LINE = 64;

interface Model {
  readonly url: string;
  readonly key: string;
}

/**
 * What a crowd gets of a real server, and what one greedy user or slow sockets take from others: before the real model service,
 * which shares these cores with the server and with the crowd, and before one elsewhere, which leaves them to the server.
 */
export async function benchOverload(bench: OverloadBench): Promise<Report> {
  const here = await atModel(bench, { where: '', start: startModel, quietPerSecond: 40 });
  const elsewhere = await atModel(bench, { where: 'elsewhere: ', start: startDistant, quietPerSecond: 20 });
  const parts = [...here, ...elsewhere];
  const bars = parts.flatMap((part) => part.bars);
  return {
    results: parts.flatMap(({ rows }) => rows),
    ratios: Object.fromEntries(bars.filter(({ name }) => name.includes('÷')).map(({ name, actual }) => [name, actual])),
    bars,
    notes: [
      `elsewhere: a model of ${PLACES} places that takes ${PLACE_MS} ms a call on another machine; without that word the model service runs on the same two cores as the server and whoever calls it.`,
      ...parts.flatMap(({ notes }) => notes),
    ],
  };
}

interface Stage {
  readonly where: string;
  readonly start: (supervisor: Supervisor) => Promise<Model>;
  readonly quietPerSecond: number;
}

async function atModel({ quick, folder, supervisor, tell }: OverloadBench, stage: Stage): Promise<Part[]> {
  const { where, start, quietPerSecond } = stage;
  const server = await loadedServer({
    supervisor,
    folder: await mkdtemp(join(folder, 'overload-')),
    model: await start(supervisor),
  });
  const calls = callsOf(server);
  const scene: Scene = {
    calls,
    where,
    quietPerSecond,
    tell: (line) => tell(`${where}${line}`),
    seconds: (full) => (quick ? full / 12 : full) * 1_000,
    rounds: quick ? 1 : ROUNDS,
  };
  try {
    await laned({ lanes: 4, ms: scene.seconds(6), call: (lane) => calls.run(`warm-${lane}`, SENTENCES) });
    const calm = await unloaded(scene);
    const peak = await peakOf(scene);
    return [
      calm.part,
      peak.part,
      await overload(scene, { peak, calmP99Ms: calm.p99Ms }),
      await fairness(scene, peak.perSecond),
      await flood(scene),
      ...(quick ? [] : [await sieges(scene, server.url)]),
    ];
  } finally {
    await calls.close();
    await server.stop();
  }
}

async function startModel(supervisor: Supervisor): Promise<Model> {
  const port = await freePort();
  const key = crypto.randomUUID();
  await supervisor.start({ ...mlService(port, key), readyWithinMs: 120_000 });
  return { url: urlOf(port), key };
}

async function startDistant(supervisor: Supervisor): Promise<Model> {
  const port = await freePort();
  const options = { port, places: PLACES, ms: PLACE_MS, line: LINE };
  await supervisor.start({
    name: 'model elsewhere',
    command: process.execPath,
    args: [
      join(import.meta.dirname, 'overload/distant-model.ts'),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    ready: { url: `${urlOf(port)}/readyz` },
  });
  return { url: urlOf(port), key: crypto.randomUUID() };
}
