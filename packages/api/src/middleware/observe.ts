import type { ErrorCode } from '../errors.ts';
import { faultOf } from '../fault.ts';
import { t } from '../trpc.ts';
import { isLast } from './event-log.ts';
import type { Events } from './stream.ts';

/** Outermost: sees every outcome once. Logs and counts; the cause of a bug stands in the log and nowhere else. */
export const observe = t.middleware(async function observe({ ctx: { deps, request }, path, next }) {
  const startMs = deps.nowMs();
  const trace = deps.traces.begin({ procedure: path, requestId: request.id, traceparent: request.traceparent });
  const ended = (code: ErrorCode | 'ok') => {
    const ms = deps.nowMs() - startMs;
    trace.end(code);
    deps.observe({ procedure: path, code, ms, from: request.ipBucket });
    if (code !== 'internal.bug') deps.log.info({ reqId: request.id, path, code, ms }, 'call');
  };
  const result = await trace.within(next);
  if (result.ok) {
    if (!isStream(result.data)) ended('ok');
    return isStream(result.data) ? { ...result, data: observed(result.data, ended) } : result;
  }
  const { code } = faultOf(result.error, request.id);
  if (code === 'internal.bug') deps.log.error({ err: result.error.cause ?? result.error, reqId: request.id, path }, 'bug');
  ended(code);
  return result;
});

const isStream = (data: unknown): data is Events => typeof data === 'object' && data !== null && Symbol.asyncIterator in data;

/** A stream has ended when its last event was taken, or when its reader left. */
async function* observed(events: Events, ended: (code: ErrorCode | 'ok') => void): Events {
  let code: ErrorCode | 'ok' = 'request.cancelled';
  try {
    for await (const event of events) {
      if (isLast(event)) code = event.type === 'error' ? event.code : 'ok';
      yield event;
    }
  } finally {
    ended(code);
  }
}
