import { timed } from '../context.ts';
import { Fault } from '../fault.ts';
import { t } from '../trpc.ts';

/** Who is calling, and what they may do. Nothing downstream of `authenticate` sees a token. */
export interface Principal {
  readonly uid: string;
  /** Names the user across issuers: key of budgets and rates. */
  readonly owner: string;
  readonly plan: string;
  readonly anonymous: boolean;
}

export const authenticate = t.middleware(async function authenticate({ ctx, next }) {
  const { deps, request } = ctx;
  const { token } = request;
  if (token === null) throw new Fault('auth.missing');
  const identity = await timed(ctx, 'authenticate', () => deps.identity.verify(token));
  if ('refused' in identity) {
    throw new Fault(identity.refused, identity.retryAfterMs === undefined ? {} : { retryAfterMs: identity.retryAfterMs });
  }
  const { issuer, uid, anonymous } = identity;
  const { defaultPlan, anonymousPlan } = deps.policy;
  const principal: Principal = { uid, owner: `${issuer}|${uid}`, plan: anonymous ? anonymousPlan : defaultPlan, anonymous };
  return next({ ctx: { principal } });
});
