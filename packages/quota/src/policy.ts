import { assertAmount } from './amount.ts';

/** What one user of a plan may do. Compute is in microseconds of model time. */
export interface Plan {
  readonly requestsPerMinute: number;
  readonly concurrentRuns: number;
  readonly computeDayUs: number;
  readonly computeMonthUs: number;
}

/** What a microsecond of model compute costs. Billed in whole micro-USD, rounded up. */
export interface Price {
  /** Nano-USD for one second of compute: 0.000024 USD a second is 24 000. */
  readonly nanoUsdPerSecond: number;
  /** ISO date on which the price was read; it goes on every receipt. */
  readonly asOf: string;
}

/** What one run may use at worst. The spend cap is held by this until the model reports. */
export interface RunBounds {
  readonly deadlineMs: number;
  readonly longestBatchMs: number;
  readonly workers: number;
  readonly attempts: number;
  /** A hold that is not renewed for this long belongs to a dead process. */
  readonly leaseMs: number;
}

export interface Policy {
  readonly plans: Readonly<Record<string, Plan>>;
  readonly defaultPlan: string;
  readonly anonymousPlan: string;
  readonly ip: { readonly computeDayUs: number };
  readonly anonymousPool: { readonly computeDayUs: number };
  readonly cap: { readonly dayMicroUsd: number; readonly monthMicroUsd: number };
  readonly price: Price;
  readonly run: RunBounds;
}

/** Worst compute of one run, in microseconds: every attempt runs to the deadline and finishes the batch it is in. */
export const worstComputeUs = ({ deadlineMs, longestBatchMs, workers, attempts }: RunBounds): number =>
  (deadlineMs + longestBatchMs) * 1000 * workers * attempts;

/** Price of compute in whole micro-USD, rounded up so that the sum of receipts never stands below the bill. */
export function priceMicroUsd(computeUs: number, { nanoUsdPerSecond }: Price): number {
  assertAmount('computeUs', computeUs);
  const price = Number((BigInt(computeUs) * BigInt(nanoUsdPerSecond) + 999_999_999n) / 1_000_000_000n);
  assertAmount('priceMicroUsd', price);
  return price;
}

/**
 * Refuses a policy under which money is undefined or no first request could ever be admitted.
 *
 * @throws RangeError naming the setting, what it is and what it must be.
 */
export function checkPolicy(policy: Policy): Policy {
  const worstUs = worstComputeUs(policy.run);
  const worstMicroUsd = priceMicroUsd(worstUs, policy.price);
  assertPositive('price.nanoUsdPerSecond', policy.price.nanoUsdPerSecond);
  for (const field of Object.keys(policy.run) as (keyof RunBounds)[]) assertPositive(`run.${field}`, policy.run[field]);
  const floors: [string, number, number][] = [
    ['ip.computeDayUs', policy.ip.computeDayUs, worstUs],
    ['anonymousPool.computeDayUs', policy.anonymousPool.computeDayUs, worstUs],
    ['cap.dayMicroUsd', policy.cap.dayMicroUsd, worstMicroUsd],
    ['cap.monthMicroUsd', policy.cap.monthMicroUsd, worstMicroUsd],
  ];
  for (const [name, plan] of Object.entries(policy.plans)) {
    assertPositive(`plans.${name}.requestsPerMinute`, plan.requestsPerMinute);
    assertPositive(`plans.${name}.concurrentRuns`, plan.concurrentRuns);
    floors.push([`plans.${name}.computeDayUs`, plan.computeDayUs, worstUs]);
    floors.push([`plans.${name}.computeMonthUs`, plan.computeMonthUs, worstUs]);
  }
  for (const [field, value, floor] of floors) {
    assertAmount(field, value);
    if (value < floor)
      throw new RangeError(`${field} is ${value}, but one run may use ${floor}: nobody's first run would be admitted`);
  }
  for (const field of ['defaultPlan', 'anonymousPlan'] as const) {
    if (!Object.hasOwn(policy.plans, policy[field]))
      throw new RangeError(`${field} is "${policy[field]}", which is not one of plans`);
  }
  return policy;
}

function assertPositive(field: string, value: number): void {
  assertAmount(field, value);
  if (value === 0) throw new RangeError(`${field} must be at least 1`);
}
