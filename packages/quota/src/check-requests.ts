import { assertAmount } from './amount.ts';
import type { ReserveRequest, Settlement } from './ports.ts';

/** Every adapter checks what it is given before it touches a balance. @throws RangeError naming the field */
export function checkReserve({ size, lines, concurrentRuns, nowMs, leaseUntilMs }: ReserveRequest): void {
  assertAmount('size', size);
  for (const { scope, amount, limit, window, resetsAtMs } of lines) {
    assertAmount(`${scope}.amount`, amount);
    assertAmount(`${scope}.limit`, limit);
    assertAmount(`${scope}.window`, window);
    assertAmount(`${scope}.resetsAtMs`, resetsAtMs);
  }
  assertAmount('concurrentRuns', concurrentRuns);
  assertAmount('nowMs', nowMs);
  assertAmount('leaseUntilMs', leaseUntilMs);
}

/** @throws RangeError naming the field */
export function checkSettlement({ computeUs, userUs, timeoutUs, capMicroUsd, wallUs }: Settlement): void {
  assertAmount('computeUs', computeUs);
  assertAmount('userUs', userUs);
  if (timeoutUs !== null) assertAmount('timeoutUs', timeoutUs);
  assertAmount('capMicroUsd', capMicroUsd);
  if (wallUs !== null) assertAmount('wallUs', wallUs);
}
