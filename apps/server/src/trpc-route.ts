import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressRate } from './address-rate.ts';
import type { AppOptions } from './app.ts';
import { bodyText, inputFault, trpcOptions } from './call-gate.ts';
import { fastifyHead } from './fastify-head.ts';
import { sendFault } from './http-fault.ts';
import { type ContextOf, contextOf } from './request-context.ts';
import { answerSingle, singleCallOf } from './single-call.ts';

/** `/trpc/:path`: the address's rate and the shape of the JSON, before any token is read. */
export async function trpcRoute(app: FastifyInstance, options: AppOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    bodyText(body),
  );
  app.addHook('onRequest', addressRate(options));
  app.addHook('onRequest', async (request, reply) => {
    const fault = inputFault((request.query as { input?: unknown }).input);
    if (fault) return sendFault(reply, fault, options.refused);
  });
  const own = contextOf(options.deps);
  app.route<{ Params: { path: string } }>({
    method: ['GET', 'POST'],
    url: '/trpc/:path',
    handler: (request, reply) => {
      const call = singleCallOf(request);
      return call ? answerSingle(call, { request, reply, own }) : answerByAdapter(request, reply, own);
    },
  });
}

/** Batches, streams, and whatever is wrong with an address: all of what tRPC speaks. */
function answerByAdapter(
  request: FastifyRequest<{ Params: { path: string } }>,
  reply: FastifyReply,
  own: ContextOf,
): Promise<void> {
  return fastifyRequestHandler({
    ...trpcOptions(request.id),
    req: request,
    res: reply,
    path: request.params.path,
    createContext: ({ info }) => own(fastifyHead(request), info.signal),
  });
}
