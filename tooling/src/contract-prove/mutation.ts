export type Operator =
  | 'rename'
  | 'drop'
  | 'retype'
  | 'make optional'
  | 'make required'
  | 'add required'
  | 'drop value'
  | 'add value'
  | 'drop route'
  | 'rename route'
  | 'swap query and mutation';

/** One change of a contract that breaks its users. */
export interface Mutation {
  /** 1: server → clients, in packages/api. 2: model → server, in ml-service/openapi.json. */
  readonly hop: 1 | 2;
  readonly operator: Operator;
  /** What is changed: `Mark.score`, `errors.limit.rate`, `/v1/search`. */
  readonly target: string;
  /** The word that a user of the target writes. */
  readonly word: string;
  /** The file that changes, from the root of the workspace, and its new text. */
  readonly file: string;
  readonly text: string;
}

/** What is left alone on purpose, and why. Printed with every proof. */
export interface Exclusion {
  readonly target: string;
  readonly why: string;
}

export const nameOf = ({ hop, operator, target }: Mutation): string => `hop ${hop}: ${operator} ${target}`;
