import type { Bar, Report } from '../bench/figures.ts';
import { ratioOf, resultOf } from '../bench/figures.ts';
import { startUpstream } from '../bench/gateway/start-upstream.ts';
import { loadedServer } from '../bench/loaded-server.ts';
import { freePort } from '../ports.ts';
import type { Supervisor } from '../processes.ts';
import { load } from '../prove/load.ts';
import { inspect, type Sample } from './inspected.ts';
import { slopeOf } from './slope.ts';
import { REQUESTS_A_USER, type Traffic, trafficOf } from './traffic.ts';

export interface SoakOptions {
  readonly requests: number;
  readonly activeUsers: number;
  /** It ends by then, with fewer requests if need be. */
  readonly longestMs: number;
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly tell: (line: string) => void;
}

export interface SoakReport extends Report {
  readonly requests: number;
  readonly users: number;
  readonly samples: readonly Sample[];
}

const LANES = 32;
const SAMPLES = 40;
const LEAST_STEP = 500;
/** Of those made. Caches fill until then; what grows later does not end growing. */
const WARM_SHARE = 0.3;
const SLOPE_BAR_MB = 1;
const FLAT_BAR = 10;
/** What is turned away at the door shows little of the house. */
const NO_ROOM_BAR = 0.05;
const PER = 100_000;

/** A server process under the requests of very many users: what it holds afterwards, and whether that still grows. */
export async function soak({ requests, activeUsers, longestMs, folder, supervisor, tell }: SoakOptions): Promise<SoakReport> {
  const inspectorPort = await freePort();
  const model = { url: await startUpstream(supervisor), key: 'twohop-soak-key' };
  const server = await loadedServer({ supervisor, folder, model, nodeOptions: [`--inspect=127.0.0.1:${inspectorPort}`] });
  const inspected = await inspect({ pid: server.process.pid, inspectorPort, metricsUrl: server.metricsUrl });
  const traffic = trafficOf({ server, lanes: LANES, activeUsers });
  const samples: Sample[] = [];
  const took: number[] = [];
  const beganMs = performance.now();
  const step = Math.max(LEAST_STEP, Math.ceil(requests / SAMPLES));
  for (let done = 0; done < requests && performance.now() - beganMs < longestMs;) {
    const calls = Math.min(step, requests - done);
    const from = done;
    took.push(...(await load({ calls, inFlight: LANES }, (index) => traffic.request(from + index))));
    done += calls;
    samples.push(await inspected.sample(done));
    tell(lineOf(samples.at(-1), performance.now() - beganMs));
  }
  const ms = performance.now() - beganMs;
  inspected.close();
  await traffic.close();
  await server.stop();
  return reportOf({ requests, samples, traffic, took, ms });
}

const lineOf = (sample: Sample | undefined, ms: number): string =>
  sample
    ? `${sample.requests} requests in ${Math.round(ms / 1_000)} s: heap ${sample.heapMb.toFixed(1)} MB, resident ${sample.rssMb.toFixed(1)} MB, ${sample.handles} handles, ${sample.files} files`
    : '';

interface Soaked {
  readonly requests: number;
  readonly samples: readonly Sample[];
  readonly traffic: Traffic;
  readonly took: readonly number[];
  readonly ms: number;
}

function reportOf({ requests, samples, traffic, took, ms }: Soaked): SoakReport {
  const done = took.length;
  const warm = samples.filter((sample) => sample.requests > WARM_SHARE * done);
  const slope = (of: 'heapMb' | 'rssMb') => Number((PER * slopeOf(warm.map((each) => [each.requests, each[of]]))).toFixed(2));
  const more = (of: 'handles' | 'files') => (warm.at(-1)?.[of] ?? Number.NaN) - (warm[0]?.[of] ?? Number.NaN);
  const unexpected = [...traffic.unexpected.values()].reduce((sum, count) => sum + count, 0);
  const bars: Bar[] = [
    { name: 'requests made', atLeast: requests, actual: done },
    { name: `heap after garbage collection, MB more per ${PER} requests`, atMost: SLOPE_BAR_MB, actual: slope('heapMb') },
    { name: `resident memory, MB more per ${PER} requests`, atMost: SLOPE_BAR_MB, actual: slope('rssMb') },
    { name: 'handles, more at the end than after the warm-up', atMost: FLAT_BAR, actual: more('handles') },
    { name: 'open files, more at the end than after the warm-up', atMost: FLAT_BAR, actual: more('files') },
    { name: 'requests that ended otherwise than they must', atMost: 0, actual: unexpected },
    { name: 'share of requests that found no room', atMost: NO_ROOM_BAR, actual: ratioOf(traffic.turnedAway(), done) },
  ];
  return {
    requests: done,
    users: Math.ceil(done / REQUESTS_A_USER),
    samples,
    results: [resultOf('requests of all kinds', LANES, { latencies: took, ms })],
    ratios: {},
    bars,
    notes: notesOf(samples, traffic),
  };
}

const NOTED = 8;

function notesOf(samples: readonly Sample[], { unexpected }: Traffic): string[] {
  const every = Math.max(1, Math.ceil(samples.length / NOTED));
  const rows = samples.filter((_, index) => (index + 1) % every === 0 || index === 0);
  return [
    'Runs, reads, replays, streams, clients that leave, forged tokens, empty texts and wrong addresses, by users of a real issuer at a real server process with its ledger on SQLite; the model answers at once.',
    '',
    '| requests | heap after GC, MB | resident, MB | handles | open files |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ requests, heapMb, rssMb, handles, files }) =>
        `| ${requests} | ${heapMb.toFixed(1)} | ${rssMb.toFixed(1)} | ${handles} | ${files} |`,
    ),
    ...(unexpected.size > 0 ? ['', ...[...unexpected].map(([name, count]) => `${count} × ${name}`)] : []),
  ];
}
