import type { z } from 'zod';
import { actingOf } from './middleware/act.ts';
import { attest } from './middleware/attest.ts';
import { authenticate } from './middleware/authenticate.ts';
import { checkClient } from './middleware/check-client.ts';
import { observe } from './middleware/observe.ts';
import { planOf } from './middleware/plan.ts';
import type { Page } from './middleware/produce.ts';
import { takeRate } from './middleware/rate-limit.ts';
import { withRun } from './middleware/reserve.ts';
import { withStream } from './middleware/stream.ts';
import { t } from './trpc.ts';

/**
 * The only statement of the order in which a request is decided:
 * observe → client version → authenticate → rate limit → attest → input → room → reserve → handler.
 */
export const signedIn = t.procedure.use(observe).use(async function gate({ ctx, type, next }) {
  checkClient(ctx);
  const principal = await authenticate(ctx);
  const { requestsPerMinute: perMinute } = planOf(ctx.deps.policy, principal);
  await takeRate(ctx, { key: `user:${principal.owner}`, perMinute, uncounted: type === 'query' ? 'served' : 'refused' });
  await attest(ctx, type);
  return next({ ctx: { principal } });
});

/** A console asks about once a second, and its admin may have several open. */
const ADMIN_REQUESTS_PER_MINUTE = 300;

/**
 * For admins, whose verified e-mail the server's settings name: observe → authenticate → rate limit → authorize. The console
 * comes from this server, so it is of its version, and is not the app, so nothing attests that it is. Who must stop everything
 * is served also while nobody counts requests.
 */
export const adminOnly = t.procedure.use(observe).use(async function authorize({ ctx, next }) {
  const principal = await authenticate(ctx);
  const rate = { key: `admin:${principal.owner}`, perMinute: ADMIN_REQUESTS_PER_MINUTE } as const;
  await takeRate(ctx, { ...rate, uncounted: 'served' });
  return next({ ctx: { principal, acting: actingOf(ctx, principal) } });
});

/** A procedure that spends. `size` is what the cost of a run grows with; it is asked of the parsed input. */
export const metered = <I extends z.ZodType>(input: I, size: (input: z.output<I>) => number) =>
  signedIn.input(input).use(async function reserve({ ctx, input: parsed, path, next }) {
    const value = parsed as z.output<I>;
    return withRun(ctx, { procedure: path, input: value, size: size(value) }, (spend) => next({ ctx: { spend } }));
  });

/** The same for one whose answer comes in events: it is refused, or its handler's page is read in parts. */
export const streamed = <I extends z.ZodType>(input: I, size: (input: z.output<I>) => number) =>
  signedIn.input(input).use(async function reserve({ ctx, input: parsed, path, next }) {
    const value = parsed as z.output<I>;
    const stream = (page: Page) => withStream(ctx, { procedure: path, input: value, size: size(value) }, page);
    return next({ ctx: { stream } });
  });
