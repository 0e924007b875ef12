import { type Context, errors, faultOf } from '@twohop/api';

type TrpcError = Parameters<typeof faultOf>[0];

export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The table's own status, and what a client needs to wait for: tRPC knows neither 426 nor `Retry-After`. */
export function replyHead(ctx: Context | undefined, error: TrpcError | undefined, requestId: string): ReplyHead {
  // tRPC's `vary` takes the place of the one of CORS, and a cache would give one origin's reply to another.
  const headers: Record<string, string> = { 'cache-control': 'no-store', vary: 'Origin' };
  const timings = [...(ctx?.request.timings ?? [])].map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`);
  if (timings.length > 0) headers['server-timing'] = timings.join(', ');
  if (!error) return { status: 200, headers };
  const { code, retryAfterMs } = faultOf(error, requestId);
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
  return { status: errors[code].http, headers };
}
