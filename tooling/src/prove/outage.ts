import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from './caller.ts';
import { type Check, type Finding, inHouse, type Setting } from './check.ts';
import { dayOf, type House, quiet, type Server } from './house.ts';
import { shortLeases, WORST_US } from './limits.ts';
import { load, runOn, runUntilDecided, serverOf } from './load.ts';
import type { Outage } from './outages.ts';
import { holdsWithin } from './poll.ts';
import { tally } from './row.ts';

const SERVERS = 2;
const REFUSAL_BAR_MS = 250;
const RECOVERY_BAR_MS = 5_000;
const LOG_LINES_BAR = 1;
/** Runs before it: an outage meets servers that have been at work. */
const SERVED = 100;

const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;

interface Seen {
  readonly refusals: readonly Answer[];
  readonly reads: readonly Answer[];
  /** Runs that the model was given while the store was down. */
  readonly executed: number;
  readonly logLines: number;
  readonly recoveryMs: number;
  readonly balance: string;
}

const startsOf = async (house: House) => (await house.executions()).filter(({ event }) => event === 'start').length;

async function recovered(house: House, server: Server): Promise<boolean> {
  return holdsWithin(4 * RECOVERY_BAR_MS, async () => {
    const answer = await runOn(house, server, { uid: 'recovery', behaviour: { tag: 'recovery' }, words: crypto.randomUUID() });
    return answer.code === 'ok';
  });
}

async function observe(house: House, outage: Outage, { supervisor, quick }: Setting): Promise<Seen> {
  const uid = 'outage';
  // Servers that have just started may refuse a burst for a moment: a client comes again.
  const first = await load({ calls: SERVED, inFlight: 20 }, (index) =>
    runUntilDecided(house, serverOf(house, index), { uid, behaviour: { tag: `before-${index}` } }),
  );
  if (first.some(({ code }) => code !== 'ok')) throw new Error(`before the outage: ${tally(first.map(({ code }) => code))}`);
  const before = await startsOf(house);
  const linesBefore = house.servers.map((server) => server.log().length);
  const end = await outage.begin({ supervisor, house });
  let measured;
  try {
    const refusals = await load({ calls: quick ? 60 : 400, inFlight: 20 }, (index) =>
      runOn(house, serverOf(house, index), { uid, behaviour: { tag: `during-${index}` } }),
    );
    const reads = await load({ calls: 6, inFlight: 2 }, (index) =>
      serverOf(house, index).query('account.me', { token: house.tokenOf(uid) }),
    );
    const logLines = Math.max(...house.servers.map((server, index) => server.log().length - (linesBefore[index] ?? 0)));
    measured = { refusals, reads, logLines, executed: (await startsOf(house)) - before };
  } finally {
    await end();
  }
  const startMs = performance.now();
  await Promise.all(house.servers.map((server) => recovered(house, server)));
  const recoveryMs = Math.round(performance.now() - startMs);
  await quiet(house, uid);
  const { settled, held } = dayOf(await house.accountOf(uid));
  return { ...measured, recoveryMs, balance: `${settled / WORST_US} charged, ${held / WORST_US} held` };
}

export function verdictOf(seen: Seen, judgeLatency: boolean): Omit<Finding, 'name'> {
  const { refusals, reads, executed, logLines, recoveryMs, balance } = seen;
  const slowMs = Math.round(p99(refusals.map(({ ms }) => ms)));
  const closed = refusals.every(({ status, code }) => status === 503 && code === 'limit.store_down');
  const readable = reads.every(({ code }) => code === 'ok');
  const right = closed && readable && executed === 0 && logLines <= LOG_LINES_BAR && recoveryMs <= RECOVERY_BAR_MS;
  return {
    ok: right && balance === `${SERVED} charged, 0 held` && (!judgeLatency || slowMs <= REFUSAL_BAR_MS),
    expected: `all 503 limit.store_down within ${REFUSAL_BAR_MS} ms at p99, 0 executed, who is who still answered, at most ${LOG_LINES_BAR} log line a server, recovery within ${RECOVERY_BAR_MS} ms, ${SERVED} charged, 0 held`,
    actual: `${tally(refusals.map(({ status, code }) => `${status} ${code}`))}, p99 ${slowMs} ms${judgeLatency ? '' : ' (not judged)'}, ${executed} executed, reads ${tally(reads.map(({ code }) => code))}, ${logLines} log lines, recovery ${recoveryMs} ms, ${balance}`,
  };
}

export const outageCheck: Check = {
  name: 'outage',
  run: async (setting) => {
    const findings: Finding[] = [];
    for (const outage of setting.store.outages.filter(({ standIn }) => !(setting.quick && standIn))) {
      const name = `store outage: ${outage.name}`;
      const missing = await outage.missing();
      if (missing !== null) {
        setting.tell(`${name}: left out, ${missing}`);
        continue;
      }
      // On a real disk also in a quick proof: a file system in memory has no faults to show.
      const folder = await mkdtemp(join(tmpdir(), 'twohop-outage-'));
      const restore = await outage.prepare?.(folder);
      const store = await setting.store.fresh(folder);
      const seen = await inHouse(setting, { config: shortLeases, servers: SERVERS, store }, (house) =>
        observe(house, outage, setting),
      ).finally(restore);
      await rm(folder, { recursive: true });
      findings.push({ name, ...verdictOf(seen, !setting.quick) });
    }
    return findings;
  },
};
