import { type Context, timed } from '../context.ts';
import { Fault } from '../fault.ts';

/** What only reads may come with the same proof again; what changes or spends may not. */
export async function attest(ctx: Context, type: 'query' | 'mutation' | 'subscription'): Promise<void> {
  const { deps, request } = ctx;
  const refusal = await timed(ctx, 'attest', () => deps.attestation.check(request.appCheckToken, type === 'mutation'));
  if (!refusal) return;
  const { refused, retryAfterMs } = refusal;
  if (retryAfterMs !== undefined) throw new Fault(refused, { retryAfterMs });
  throw new Fault(refused, { field: 'x-firebase-appcheck', message: 'This call does not come from the app itself.' });
}
