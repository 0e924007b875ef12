import { createHash } from 'node:crypto';
import { sqliteStore } from '@twohop/quota/sqlite';

const DAY_MS = 86_400_000;
const USERS = 6;
const DAYS = 14;

/** As Firebase's are: 28 letters and digits. */
const uidOf = (user: number): string => createHash('sha256').update(`user ${user}`).digest('base64url').slice(0, 28);

/** Two weeks of a small project, in its ledger: who spent what on which day. */
export async function writeHistory(ledgerPath: string, issuer: string): Promise<void> {
  const ledger = await sqliteStore({ path: ledgerPath, deadlineMs: 10_000 });
  const todayMs = Date.now();
  const spend = async (user: number, daysAgo: number): Promise<void> => {
    const nowMs = todayMs - daysAgo * DAY_MS;
    const owner = `${issuer}|${uidOf(user)}`;
    const runId = crypto.randomUUID();
    // A week has its days, and users differ.
    const capMicroUsd = Math.round(((1 + ((daysAgo * 3) % 7)) * 900_000) / ((user + 1) * 7));
    const cap = { unit: 'microUsd', code: 'limit.spend_cap', amount: 0, limit: 1e9, resetsAtMs: nowMs + DAY_MS } as const;
    const date = new Date(nowMs);
    const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    const lines = [
      { ...cap, scope: 'cap-day', window: Math.floor(nowMs / DAY_MS) },
      { ...cap, scope: 'cap-month', window: month },
    ];
    const run = { runId, owner, person: null, procedure: 'highlights.run', size: 4_000, idempotencyKey: runId, inputHash: runId };
    await ledger.reserve({ ...run, lines, concurrentRuns: 1_000, nowMs, leaseUntilMs: nowMs + DAY_MS });
    const amounts = { computeUs: capMicroUsd * 25, userUs: capMicroUsd * 25, capMicroUsd };
    await ledger.settle({ runId, ...amounts, timeoutUs: null, priceAsOf: '2026-08-01', wallUs: null, freeKey: false });
  };
  const days = Array.from({ length: USERS * DAYS }, (_, n) => [n % USERS, Math.floor(n / USERS)] as const);
  await Promise.all(days.map(([user, daysAgo]) => spend(user, daysAgo)));
  await ledger.close();
}
