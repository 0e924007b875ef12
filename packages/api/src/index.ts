import { account } from './routers/account.ts';
import { admin } from './routers/admin.ts';
import { embeddings } from './routers/embeddings.ts';
import { highlights } from './routers/highlights.ts';
import { operator } from './routers/operator.ts';
import { search } from './routers/search.ts';
import { t } from './trpc.ts';

export const appRouter = t.router({ account, admin, embeddings, highlights, operator, search });
/** The contract of the first hop: clients import this type and nothing else of the server. */
export type AppRouter = typeof appRouter;

export { admission } from './admission.ts';
export { parseVersion, type VersionWindow } from './client-version.ts';
export type { Context, RequestContext } from './context.ts';
export { type ErrorCode, errors } from './errors.ts';
export { Fault, type FaultDetails, faultOf } from './fault.ts';
export type { Seen } from './operator-schemas.ts';
export type * from './ports.ts';
export { extentOf } from './size.ts';
export { type CallTrace, type Step, type TracedCall, type Traces, untraced } from './traces.ts';
