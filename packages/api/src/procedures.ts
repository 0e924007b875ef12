import type { z } from 'zod';
import { Fault } from './fault.ts';
import { attest } from './middleware/attest.ts';
import { authenticate } from './middleware/authenticate.ts';
import { checkClient } from './middleware/check-client.ts';
import { observe } from './middleware/observe.ts';
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
  await takeRate(ctx, principal, type);
  await attest(ctx, type);
  return next({ ctx: { principal } });
});

/** For admins: whose verified e-mail the server's settings name. */
export const adminOnly = signedIn.use(async function authorize({ ctx, next }) {
  if (!ctx.principal.admin) throw new Fault('auth.forbidden');
  return next();
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
