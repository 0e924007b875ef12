import { initTRPC } from '@trpc/server';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { faultOf } from './fault.ts';

export const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error, ctx }) => {
    const twohop = faultOf(error, ctx?.request.id ?? 'unknown');
    // tRPC's own `data` has a stack and the path as it was sent: a client is told neither.
    return { ...shape, message: twohop.message, data: { httpStatus: errors[twohop.code].http, twohop } };
  },
});
