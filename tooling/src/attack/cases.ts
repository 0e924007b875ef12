import type { AttackCase } from './case.ts';
import { addressCases } from './cases/addresses.ts';
import { appCases } from './cases/apps.ts';
import { bodyCases } from './cases/bodies.ts';
import { browserCases } from './cases/browsers.ts';
import { modelCases } from './cases/model.ts';
import { moneyCases } from './cases/money.ts';
import { requestCases } from './cases/requests.ts';
import { slowCases } from './cases/slow.ts';
import { tokenCases } from './cases/tokens.ts';

/** In the order of the report. `slowSockets`: how many connections trickle at once. */
export const casesOf = (slowSockets: number): readonly AttackCase[] => [
  ...tokenCases,
  // Before the addresses, which use up the rate of the server that wants proof of the app.
  ...appCases,
  ...bodyCases,
  ...requestCases,
  ...browserCases,
  ...addressCases,
  ...moneyCases,
  ...modelCases,
  ...slowCases(slowSockets),
];
