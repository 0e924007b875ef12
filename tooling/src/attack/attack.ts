import { setTimeout as pause } from 'node:timers/promises';
import type { AttackCase, CaseResult, OwnTarget, Target, UserTarget, Verdict } from './case.ts';

interface Attacked {
  readonly outside: Target;
  readonly user: UserTarget;
  readonly inside: OwnTarget;
}

/** A network of its own for each case, from the block for documentation and tests (RFC 2544). */
const addressOf = (index: number): string => `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}`;

/** The siege of a thousand takes half of it. What takes longer hangs, and has refused nothing. */
const LONGEST_CASE_MS = 90_000;

export interface AttackOptions {
  readonly signal?: AbortSignal;
  readonly onResult?: (result: CaseResult) => void;
}

/**
 * Tries the cases one after another, but for those that wait more than they work. A case that breaks has refused
 * nothing: a server that is gone is not a safe one.
 */
export async function attack<C extends AttackCase>(
  cases: readonly C[],
  target: Omit<Attacked[C['from']], 'address'>,
  { signal, onResult = () => undefined }: AttackOptions = {},
): Promise<CaseResult[]> {
  const attempt = async (each: C, index: number): Promise<CaseResult> => {
    const own = { ...target, address: addressOf(index) } as unknown as OwnTarget;
    const lost: Verdict = { refused: false, status: 0 };
    const verdict = await Promise.race([each.attack(own).catch(() => lost), pause(LONGEST_CASE_MS, lost, { ref: false })]);
    const result = { id: each.id, standard: each.standard, ...verdict };
    onResult(result);
    return result;
  };
  // A slow reader keeps the server busy, which would be held against the others.
  const isSlow = ({ id }: C) => id === 'slow-headers' || id === 'slow-body';
  const results: CaseResult[] = [];
  for (const [index, each] of cases.entries()) {
    if (signal?.aborted) return results;
    if (!isSlow(each)) results.push(await attempt(each, index));
  }
  const slow = [...cases.entries()].filter(([, each]) => isSlow(each)).map(([index, each]) => attempt(each, index));
  return [...results, ...(await Promise.all(slow))];
}
