import type { Reply } from './raw-http.ts';

/** A deployment that is attacked. */
export interface Target {
  readonly url: URL;
  /** Headers that a proxy in front of our own stack would add; none for a maker's own deployment, which has its own. */
  readonly behind: (address: string) => readonly string[];
  /** The address from which this case seems to come. Each case has another, so that none is refused by the rate of the last. */
  readonly address: string;
}

/** A deployment of which the attacker is an ordinary user. */
export interface UserTarget extends Target {
  /** A sound token. At a deployment of the maker's own it is always the same one. */
  userToken(): Promise<string>;
}

/** What only a stack of our own has: the keys that sign, what the model executed, and ports that nobody should reach. */
export interface OwnTarget extends UserTarget {
  readonly projectId: string;
  /** The same server without a proxy in front: it must believe no `x-forwarded-for`. */
  readonly directUrl: URL;
  readonly modelUrl: URL;
  /** That server also wants every call to come from the app: a proof that it does, good for one change. */
  proof(claims?: Claims, forgery?: Forgery): Promise<string>;
  readonly modelKey: string;
  /** A token of these claims on top of sound ones. */
  token(claims: Claims, forgery?: Forgery): Promise<string>;
  /** The key that Google would publish, as PEM: the public half of the key that signs. */
  readonly publicKey: string;
  /** How many runs with this tag the model has started. */
  executed(tag: string): Promise<number>;
}

export type Claims = Readonly<Record<string, unknown>>;

/** How a token is made other than the issuer makes it. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signedBy?: 'google' | 'forger';
}

/** `status`: of the reply that decided; 0 when the connection was cut without one. */
export interface Verdict {
  readonly refused: boolean;
  readonly status: number;
}

interface Described {
  readonly id: string;
  /** Requirement of ASVS 5.0, and the risk of the OWASP API Top 10 of 2023 or of the LLM Top 10. */
  readonly standard: string;
}

export interface OutsideCase extends Described {
  /** Can be tried by anybody who knows the address. */
  readonly from: 'outside';
  attack(target: Target): Promise<Verdict>;
}

export interface UserCase extends Described {
  /** Can be tried by anybody who has signed in; runs nothing in the model. */
  readonly from: 'user';
  attack(target: UserTarget): Promise<Verdict>;
}

export interface InsideCase extends Described {
  /** Needs the keys that sign, or ports and counters of our own stack. */
  readonly from: 'inside';
  attack(target: OwnTarget): Promise<Verdict>;
}

export type AttackCase = OutsideCase | UserCase | InsideCase;

/** One line of the report. */
export interface CaseResult extends Described, Verdict {}

/** Refused exactly with one of these statuses, and without any result of a procedure in the reply. */
export const refusedWith =
  (...statuses: readonly number[]) =>
  ({ status, text }: Reply): Verdict => ({ refused: statuses.includes(status) && !text.includes('"result":'), status });
