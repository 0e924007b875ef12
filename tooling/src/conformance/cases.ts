import type { ConformanceCase } from './case.ts';
import { browserCases } from './cases/browsers.ts';
import { identityCases } from './cases/identity.ts';
import { limitCases } from './cases/limits.ts';
import { requestCases } from './cases/requests.ts';
import { runCases } from './cases/runs.ts';

/** What holds of the first hop, wherever it runs; in the order of the table. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...identityCases,
  ...requestCases,
  ...browserCases,
  ...limitCases,
  ...runCases,
];
