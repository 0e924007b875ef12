import { initTRPC } from '@trpc/server';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { faultOf } from './fault.ts';

/** A white space in a stream that says nothing else: proxies cut off what is silent for longer. */
const HEARTBEAT_MS = 10_000;

export const t = initTRPC.context<Context>().create({
  jsonl: { pingMs: HEARTBEAT_MS },
  errorFormatter: ({ shape, error, ctx }) => {
    const twohop = faultOf(error, ctx?.request.id ?? 'unknown');
    // tRPC's own `data` has a stack and the path as it was sent: a client is told neither.
    return { ...shape, message: twohop.message, data: { httpStatus: errors[twohop.code].http, twohop } };
  },
});
