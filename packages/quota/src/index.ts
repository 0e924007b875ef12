export { assertAmount } from './amount.ts';
export type { Denial } from './decide.ts';
export { checkPolicy, type Plan, type Policy, type Price, priceMicroUsd, type RunBounds, worstComputeUs } from './policy.ts';
export {
  type Account,
  type AccountExport,
  type Act,
  type Accounts,
  type Claims,
  type Clock,
  type Ledger,
  type RunRecord,
  type Store,
  StoreDown,
  type UserRow,
} from './ports.ts';
export { pruneOld } from './prune.ts';
export {
  type CapState,
  type Quota,
  quota,
  type QuotaOptions,
  type Quote,
  type Reservation,
  type RunRequest,
  type Spending,
  type Usage,
} from './reserve.ts';
export type { Outcome, Receipt, Run } from './run.ts';
export type { Spender } from './windows.ts';
