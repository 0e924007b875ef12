import type { FirstHopOffer, ModelOffer, Offer } from './prices.ts';

/** Where everything runs, and how many instances the hosts are told to start at most. */
export interface Hosting {
  readonly model: string;
  readonly firstHop: string;
  readonly database: string;
  readonly signIn: string;
  readonly modelInstances: number;
  readonly serverInstances: number;
}

/** The same with the offers in place of their names. */
export interface Hosted {
  readonly model: ModelOffer;
  readonly firstHop: FirstHopOffer;
  readonly database: Extract<Offer, { role: 'database' }>;
  readonly signIn: Extract<Offer, { role: 'sign-in' }>;
  readonly modelInstances: number;
  readonly serverInstances: number;
}

/** All that asks for money. */
export const offersOf = ({ model, firstHop, database, signIn }: Hosted): Offer[] => [model, firstHop, database, signIn];

/** What the ledger holds to, whatever happens. */
export interface Caps {
  readonly monthMicroUsd: number;
  readonly dayMicroUsd: number;
  /** Of one run, at most. */
  readonly attempts: number;
  readonly deadlineMs: number;
}

/** A bill, in the parts that a maker can do something about. USD. */
export interface Parts {
  readonly modelCompute: number;
  readonly idleTail: number;
  readonly coldStarts: number;
  readonly firstHop: number;
  readonly database: number;
  readonly signIn: number;
  readonly egress: number;
}

export const partNames = ['modelCompute', 'idleTail', 'coldStarts', 'firstHop', 'database', 'signIn', 'egress'] as const;

export const totalOf = (parts: Parts): number => partNames.reduce((sum, name) => sum + parts[name], 0);

/** Each part made another. */
export const mapParts = (parts: Parts, change: (usd: number, name: keyof Parts) => number): Parts => ({
  modelCompute: change(parts.modelCompute, 'modelCompute'),
  idleTail: change(parts.idleTail, 'idleTail'),
  coldStarts: change(parts.coldStarts, 'coldStarts'),
  firstHop: change(parts.firstHop, 'firstHop'),
  database: change(parts.database, 'database'),
  signIn: change(parts.signIn, 'signIn'),
  egress: change(parts.egress, 'egress'),
});
