import { type AnyTRPCProcedure, callTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/shared';
import { appRouter, type Context } from '@twohop/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fastifyHead } from './fastify-head.ts';
import { replyHead } from './reply-head.ts';
import type { ContextOf } from './request-context.ts';

/** One call of one procedure: the body is its input, and its answer is one value. */
type SingleMutation = FastifyRequest<{ Params: { path: string } }>;

/** With a schema of its own for what it answers: that is a value, and never a stream. */
const mutations = new Set(
  Object.entries<AnyTRPCProcedure>(appRouter._def.procedures as object as Record<string, AnyTRPCProcedure>)
    .filter(([, { _def }]) => _def.type === 'mutation' && 'output' in _def && _def.output !== undefined)
    .map(([path]) => path),
);

/** What every run is: a POST of JSON to the bare address of a mutation, by a client that asks for no stream. */
export function isSingleMutation({ method, url, headers, params }: SingleMutation): boolean {
  return (
    method === 'POST' &&
    mutations.has(params.path) &&
    url === `/trpc/${params.path}` &&
    headers['content-type'] !== undefined &&
    headers['trpc-accept'] === undefined &&
    !headers.accept?.includes('application/jsonl')
  );
}

/**
 * Answers it as tRPC's adapter for Fastify does, to the byte (single-mutation.test.ts), without the web's Request, Response and
 * stream that the adapter builds around each call: they cost more than all that a run decides.
 */
export async function answerMutation(request: SingleMutation, reply: FastifyReply, own: ContextOf): Promise<FastifyReply> {
  const ctx = own(fastifyHead(request), leftBy(reply));
  const { path } = request.params;
  const [error, body] = await callMutation(path, request.body as string | undefined, ctx);
  const { status, headers } = replyHead(ctx, error, request.id);
  return reply
    .code(status)
    .headers({ ...headers, 'content-type': 'application/json', vary: `trpc-accept, accept, ${headers['vary']}` })
    .send(Buffer.from(JSON.stringify(body)));
}

type Answer = readonly [error: TRPCError | undefined, body: object];

async function callMutation(path: string, text: string | undefined, ctx: Context): Promise<Answer> {
  try {
    // Parsed only when a middleware asks for it: who is calling is known by then.
    const getRawInput = async () => inputOf(text);
    const call = {
      router: appRouter,
      path,
      type: 'mutation',
      ctx,
      getRawInput,
      signal: ctx.request.signal,
      batchIndex: 0,
    } as const;
    const data: unknown = await callTRPCProcedure(call);
    return [undefined, { result: { data } }];
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const shape = getErrorShape({ config: appRouter._def._config, error, type: 'mutation', path, input: undefined, ctx });
    return [error, { error: shape }];
  }
}

/** No body is no input. */
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
