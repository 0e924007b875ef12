import { faultOf } from '../fault.ts';
import { t } from '../trpc.ts';

/** Outermost: sees every outcome once. Logs and counts; the cause of a bug stands in the log and nowhere else. */
export const observe = t.middleware(async function observe({ ctx: { deps, request }, path, next }) {
  const startMs = deps.nowMs();
  const result = await next();
  const ms = deps.nowMs() - startMs;
  const code = result.ok ? 'ok' : faultOf(result.error, request.id).code;
  deps.observe({ procedure: path, code, ms });
  if (!result.ok && code === 'internal.bug')
    deps.log.error({ err: result.error.cause ?? result.error, reqId: request.id, path }, 'bug');
  else deps.log.info({ reqId: request.id, path, code, ms }, 'call');
  return result;
});
