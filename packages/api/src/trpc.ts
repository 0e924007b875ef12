import { initTRPC } from '@trpc/server';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { faultOf } from './fault.ts';

export const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error, ctx }) => {
    const twohop = faultOf(error, ctx?.request.id ?? 'unknown');
    return { ...shape, message: twohop.message, data: { httpStatus: errors[twohop.code].http, path: shape.data.path, twohop } };
  },
});
