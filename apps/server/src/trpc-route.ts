import { isUtf8 } from 'node:buffer';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { appRouter } from '@twohop/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressRate } from './address-rate.ts';
import type { AppOptions } from './app.ts';
import { BodyRefused, sendFault } from './http-fault.ts';
import { jsonProblem } from './json-text.ts';
import { replyHead } from './reply-head.ts';
import { type ContextOf, requestContext } from './request-context.ts';
import { answerMutation, isSingleMutation } from './single-mutation.ts';

const MAX_BATCH = 8;

/** `/trpc/:path`: the address's rate and the shape of the JSON, before any token is read. */
export async function trpcRoute(app: FastifyInstance, options: AppOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    // tRPC parses the text by itself, past the protection that Fastify's parser has.
    const text = isUtf8(body) ? body.toString() : null;
    const problem = text === null ? 'must be valid UTF-8' : jsonProblem(text);
    if (problem === null) done(null, text);
    else done(new BodyRefused(problem));
  });
  app.addHook('onRequest', addressRate(options));
  app.addHook('onRequest', async (request, reply) => {
    const { input } = request.query as { input?: unknown };
    const problem = input === undefined ? null : typeof input === 'string' ? jsonProblem(input) : 'must come once';
    if (problem !== null)
      return sendFault(reply, { code: 'input.invalid', field: 'input', message: `input: ${problem}` }, options.refused);
  });
  const contextOf: ContextOf = (request, signal) => ({ deps: options.deps, request: requestContext(request, signal) });
  app.route<{ Params: { path: string } }>({
    method: ['GET', 'POST'],
    url: '/trpc/:path',
    handler: (request, reply) =>
      isSingleMutation(request) ? answerMutation(request, reply, contextOf) : answerByAdapter(request, reply, contextOf),
  });
}

/** Reads, batches, streams, and whatever is wrong with an address: all of what tRPC speaks. */
function answerByAdapter(
  request: FastifyRequest<{ Params: { path: string } }>,
  reply: FastifyReply,
  contextOf: ContextOf,
): Promise<void> {
  return fastifyRequestHandler({
    router: appRouter,
    req: request,
    res: reply,
    path: request.params.path,
    maxBatchSize: MAX_BATCH,
    createContext: ({ info }) => contextOf(request, info.signal),
    responseMeta: ({ ctx, errors: [error] }) => {
      const { status, headers } = replyHead(ctx, error, request.id);
      return { headers: new Headers(headers), ...(error && { status }) };
    },
  });
}
