import type { MessageKey } from './words.ts';

/** Who is signed in. */
export interface Account {
  readonly uid: string;
  readonly anonymous: boolean;
  /** Null without an account. */
  readonly email: string | null;
  /** With what the sign-in is proven; null without an account. */
  readonly by: SignInBy['kind'] | null;
}

/** What somebody signs in with. */
export type SignInBy =
  | { readonly kind: 'password'; readonly email: string; readonly password: string }
  | { readonly kind: 'google' };

/** What the user can mend. Whatever else goes wrong is a failure. */
export type SignInProblem = 'taken' | 'wrong' | 'weak' | 'email' | 'other-way' | 'left';
export type SignInReply =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly problem: SignInProblem };

export const problemTexts: Readonly<Record<SignInProblem, MessageKey>> = {
  taken: 'problemTaken',
  wrong: 'problemWrong',
  weak: 'problemWeak',
  email: 'problemEmail',
  'other-way': 'problemOtherWay',
  left: 'problemLeft',
};

/** Firebase's own codes for what the user can mend. */
const codes: Readonly<Record<string, SignInProblem>> = {
  'auth/email-already-in-use': 'taken',
  'auth/credential-already-in-use': 'taken',
  'auth/account-exists-with-different-credential': 'other-way',
  'auth/invalid-credential': 'wrong',
  'auth/wrong-password': 'wrong',
  'auth/user-not-found': 'wrong',
  'auth/user-mismatch': 'wrong',
  'auth/weak-password': 'weak',
  'auth/password-does-not-meet-requirements': 'weak',
  'auth/missing-password': 'weak',
  'auth/invalid-email': 'email',
  'auth/missing-email': 'email',
};

export const problemOf = (code: string): SignInProblem | null => codes[code] ?? null;
