import { type Account, StoreDown, type Spender } from '@twohop/quota';
import { type Context, timed } from '../context.ts';
import { Fault } from '../fault.ts';
import type { Identity } from '../ports.ts';

/** Who is calling, and what they may do. Nothing downstream of `authenticate` sees a token. */
export interface Principal {
  readonly issuer: string;
  readonly uid: string;
  /** Names the user across issuers: key of budgets and rates. */
  readonly owner: string;
  readonly plan: string;
  readonly anonymous: boolean;
  /** The verified address by which the caller is an admin; null: is none. */
  readonly admin: string | null;
  /** Keyed hash of what names the person across accounts. */
  readonly person: string;
  /** False while the store is down: whoever only reads is served, whoever spends is refused. */
  readonly recordKnown: boolean;
}

export async function authenticate(ctx: Context): Promise<Principal> {
  const { deps, request } = ctx;
  const { token } = request;
  if (token === null) throw new Fault('auth.missing');
  return timed(ctx, 'authenticate', async () => {
    const identity = await deps.identity.verify(token);
    if (!('refused' in identity)) return principalOf(ctx, identity, await recordOf(ctx, identity));
    const { refused, retryAfterMs } = identity;
    throw new Fault(refused, retryAfterMs === undefined ? {} : { retryAfterMs });
  });
}

export const ownerOf = (issuer: string, uid: string): string => `${issuer}|${uid}`;

/** What the ledger asks of a principal. */
export const spenderOf = ({ owner, plan, anonymous, person }: Principal, ipBucket: string): Spender => ({
  owner,
  plan,
  anonymous,
  person,
  ipBucket,
});

async function recordOf({ deps }: Context, { issuer, uid }: Identity): Promise<Account | null> {
  try {
    return await deps.accounts.account(ownerOf(issuer, uid));
  } catch (error) {
    if (error instanceof StoreDown) return null;
    throw error;
  }
}

function principalOf({ deps, request }: Context, identity: Identity, record: Account | null): Principal {
  const { issuer, uid, anonymous, email, subject } = identity;
  if (record?.blocked) throw new Fault('auth.blocked');
  const { plans, defaultPlan, anonymousPlan } = deps.policy;
  const own = record?.plan ?? '';
  return {
    issuer,
    uid,
    owner: ownerOf(issuer, uid),
    plan: Object.hasOwn(plans, own) ? own : anonymous ? anonymousPlan : defaultPlan,
    anonymous,
    admin: email !== null && deps.adminEmails.has(email) ? email : null,
    person: deps.hashName(`person:${email ?? subject ?? request.ipBucket}`),
    recordKnown: record !== null,
  };
}
