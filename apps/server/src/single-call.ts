import { type AnyTRPCProcedure, callTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/shared';
import { appRouter, type Context } from '@twohop/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fastifyHead } from './fastify-head.ts';
import { replyHead } from './reply-head.ts';
import type { ContextOf } from './request-context.ts';

type CallRequest = FastifyRequest<{ Params: { path: string } }>;

/** One call of one procedure. */
interface SingleCall {
  readonly path: string;
  readonly type: 'query' | 'mutation';
  /** JSON; absent: no input. */
  readonly text: string | undefined;
}

/** With a schema of its own for what it answers: that is a value, and never a stream. */
const types = new Map(
  Object.entries<AnyTRPCProcedure>(appRouter._def.procedures as object as Record<string, AnyTRPCProcedure>)
    .filter(([, { _def }]) => 'output' in _def && _def.output !== undefined)
    .map(([path, { _def }]) => [path, _def.type]),
);

/**
 * What nearly every call is: a POST of JSON to the bare address of a mutation, or a GET of a query with no more than its input in
 * the address, by a client that asks for no stream. Null: another writing, a batch, or what there is not.
 */
export function singleCallOf({ method, url, headers, params: { path }, body }: CallRequest): SingleCall | null {
  if (headers['trpc-accept'] !== undefined || headers.accept?.includes('application/jsonl')) return null;
  const type = types.get(path);
  const bare = `/trpc/${path}`;
  if (type === 'mutation' && method === 'POST') {
    return url === bare && headers['content-type'] !== undefined ? { path, type, text: body as string | undefined } : null;
  }
  if (type !== 'query' || method !== 'GET') return null;
  if (url === bare) return { path, type, text: undefined };
  const text = url.startsWith(`${bare}?`) ? inputIn(url.slice(bare.length + 1)) : null;
  return text === null ? null : { path, type, text };
}

/** Nothing but an input, written so that it can be read in one way only. */
function inputIn(query: string): string | null {
  const written = /^input=([^&+#]+)$/.exec(query)?.[1];
  try {
    return written === undefined ? null : decodeURIComponent(written);
  } catch {
    return null;
  }
}

/**
 * Answers it as tRPC's adapter for Fastify does, to the byte (single-call.test.ts), without the web's Request, Response and
 * stream that the adapter builds around each call: they cost more than all that a run decides.
 */
export async function answerSingle(
  call: SingleCall,
  { request, reply, own }: { request: CallRequest; reply: FastifyReply; own: ContextOf },
): Promise<FastifyReply> {
  const ctx = own(fastifyHead(request), leftBy(reply));
  const [error, body] = await outcomeOf(call, ctx);
  const { status, headers } = replyHead(ctx, error, request.id);
  return reply
    .code(status)
    .headers({ ...headers, 'content-type': 'application/json', vary: `trpc-accept, accept, ${headers['vary']}` })
    .send(Buffer.from(JSON.stringify(body)));
}

type Answer = readonly [error: TRPCError | undefined, body: object];

async function outcomeOf({ path, type, text }: SingleCall, ctx: Context): Promise<Answer> {
  try {
    // Parsed only when a middleware asks for it: who is calling is known by then.
    const getRawInput = async () => inputOf(text);
    const { signal } = ctx.request;
    const data: unknown = await callTRPCProcedure({ router: appRouter, path, type, ctx, getRawInput, signal, batchIndex: 0 });
    return [undefined, { result: { data } }];
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const shape = getErrorShape({ config: appRouter._def._config, error, type, path, input: undefined, ctx });
    return [error, { error: shape }];
  }
}

/** No text is no input. */
function inputOf(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}

/** Aborts when the client leaves before its reply is complete. */
function leftBy({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableEnded) left.abort();
  });
  return left.signal;
}
