/**
 * `npm run attack`: a red team against servers as in production, started for it. `-- --target URL` takes a deployment of your
 * own instead, as whoever knows its address sees it, and with ATTACK_TOKEN as a signed-in user does. One line a case; exit code 1 when one gets through. `--json` prints one
 * object, `--quick` besieges with fewer connections, `--only <beginning of an id>` takes some.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { attack, type AttackOptions } from './attack/attack.ts';
import type { AttackCase, CaseResult, OutsideCase, UserCase, UserTarget } from './attack/case.ts';
import { casesOf } from './attack/cases.ts';
import { isAdmin } from './attack/cases/money.ts';
import { soundToken } from './attack/cases/tokens.ts';
import { openOwnStack } from './attack/own-stack.ts';
import { runCommand } from './command.ts';
import { watchInterruption } from './lifecycle.ts';
import { createSupervisor } from './processes.ts';
import { Refusal } from './refusal.ts';

const SLOW_SOCKETS = 1_000;
const QUICK_SLOW_SOCKETS = 20;

const lineOf = ({ id, standard, refused, status }: CaseResult): string =>
  `${refused ? pc.green('✓ refused') : pc.red('✗ THROUGH')} ${String(status || 'cut').padEnd(4)} ${id.padEnd(34)} ${pc.dim(standard)}`;

async function attackOwn(cases: readonly AttackCase[], options: AttackOptions): Promise<CaseResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'twohop-attack-'));
  const supervisor = createSupervisor({ scratch: folder });
  options.signal?.addEventListener('abort', () => void supervisor.stop());
  try {
    const stack = await openOwnStack(supervisor, folder);
    try {
      if (!(await soundToken({ ...stack.target, address: '198.18.255.1' })))
        throw new Refusal('The stack refuses a sound token too: its refusals would show nothing.');
      return await attack(cases, stack.target, options);
    } finally {
      await stack.stop();
    }
  } finally {
    await supervisor.stop();
  }
}

async function attackTarget(url: URL, cases: readonly AttackCase[], options: AttackOptions): Promise<CaseResult[]> {
  const alive = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  if (!alive?.ok) throw new Refusal(`${url.href} does not answer /healthz: is it a Twohop server?`);
  const target = { url, behind: () => [] };
  const token = process.env['ATTACK_TOKEN'];
  if (!token)
    return attack(
      cases.filter((each): each is OutsideCase => each.from === 'outside'),
      target,
      options,
    );
  const user = { ...target, userToken: async () => token };
  await checkToken({ ...user, address: '' });
  return attack(
    cases.filter((each): each is OutsideCase | UserCase => each.from !== 'inside'),
    user,
    options,
  );
}

async function checkToken(target: UserTarget): Promise<void> {
  if (!(await soundToken(target)))
    throw new Refusal(`ATTACK_TOKEN is not admitted by ${target.url.href}: take an ID token that is new.`);
  if (await isAdmin(target))
    throw new Refusal('ATTACK_TOKEN is an admin’s, who may stop everything: take that of an ordinary user.');
}

/** What was started gets this long to end by itself; the reaper ends the rest. */
const LAST_WORDS_MS = 10_000;

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      target: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const all = casesOf(values.quick ? QUICK_SLOW_SOCKETS : SLOW_SOCKETS);
  const chosen = all.filter(({ id }) => id.startsWith(values.only ?? ''));
  if (chosen.length === 0) throw new Refusal(`No case begins with "${values.only}".`);
  const url = values.target === undefined ? null : URL.parse(values.target);
  if (values.target !== undefined && (url === null || !/^https?:$/.test(url.protocol)))
    throw new Refusal(`--target ${values.target}: give the address of your server, such as https://api.example.com.`);
  const interruption = watchInterruption();
  // A case in flight, or one that is being set up, may wait for an answer that nobody gives any more.
  interruption.signal.addEventListener('abort', () => setTimeout(() => process.exit(interruption.exitCode()), LAST_WORDS_MS));
  const onResult = (result: CaseResult) => void (values.json ? process.stderr : process.stdout).write(`${lineOf(result)}\n`);
  const options = { signal: interruption.signal, onResult };
  const beganMs = performance.now();
  const cases = await (url ? attackTarget(url, chosen, options) : attackOwn(chosen, options));
  if (interruption.signal.aborted) return interruption.exitCode();
  const through = cases.filter(({ refused }) => !refused).length;
  const ok = cases.length > 0 && through === 0;
  console.log(
    values.json
      ? JSON.stringify({ ok, cases })
      : `${cases.length - through} of ${cases.length} refused, ${through} got through, in ${Math.round((performance.now() - beganMs) / 1000)} s`,
  );
  return ok ? 0 : 1;
};

await runCommand(main);
