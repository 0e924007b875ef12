import { admissionCheck } from './admission.ts';
import { badNumbersCheck } from './bad-numbers.ts';
import { cancelCheck } from './cancel.ts';
import type { Check } from './check.ts';
import { deletionCheck } from './deletion.ts';
import { idempotencyCheck } from './idempotency.ts';
import { keptResultsCheck } from './kept-results.ts';
import { killMatrixCheck } from './kill-matrix.ts';
import { killSwitchCheck } from './kill-switch.ts';
import { outageCheck } from './outage.ts';
import { spendCapCheck } from './spend-cap.ts';
import { stateMachineCheck } from './state-machine.ts';

/** In the order of the table. */
export const checks: readonly Check[] = [
  admissionCheck,
  stateMachineCheck,
  idempotencyCheck,
  keptResultsCheck,
  spendCapCheck,
  killSwitchCheck,
  badNumbersCheck,
  cancelCheck,
  deletionCheck,
  outageCheck,
  killMatrixCheck,
];
