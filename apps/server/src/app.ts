import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import underPressure from '@fastify/under-pressure';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { appRouter, type Context, type Deps, errors, faultOf, type Rates } from '@twohop/api';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { httpFault, sendFault } from './http-fault.ts';
import { ipBucket } from './ip-bucket.ts';
import { requestContext } from './request-context.ts';

export interface AppOptions {
  readonly deps: Deps;
  readonly logger: FastifyBaseLogger;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: readonly string[];
  /** Counts addresses in this process: it spares the processor, and money is not counted here. */
  readonly ipRates: Rates;
  readonly ipRequestsPerMinute: number;
  readonly refused: (code: string) => void;
  /** True while the ledger answers. */
  readonly ready: () => Promise<boolean>;
}

/** A text of 100 000 characters is at most 600 kB of escaped JSON. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const MAX_BATCH = 8;

/** The HTTP side of the first hop: bytes, origin, content type, batch size and the address's rate, before any token is read. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { deps, logger, allowedOrigins, trustProxy } = options;
  const app = Fastify({
    loggerInstance: logger,
    // One line a call is written by the router, which knows the outcome; addresses and headers are nobody's business.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    routerOptions: { maxParamLength: 500 },
    requestTimeout: 10_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 500 },
  });
  app.setErrorHandler((error, request, reply) => sendFault(reply, httpFault(error, request.id), options.refused));
  app.setNotFoundHandler((request, reply) => sendFault(reply, httpFault({ statusCode: 404 }, request.id), options.refused));
  await app.register(cors, {
    origin: [...allowedOrigins],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-client-version'],
    exposedHeaders: ['retry-after', 'server-timing', 'x-request-id'],
    maxAge: 7200,
  });
  await app.register(underPressure, {
    maxEventLoopDelay: 1_000,
    pressureHandler: (_request, reply) => {
      sendFault(reply, { code: 'capacity.overloaded', retryAfterMs: 1_000 }, options.refused);
    },
  });
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (draining) void reply.header('connection', 'close');
  });

  let draining = false;
  app.addHook('preClose', async () => {
    draining = true;
  });
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const ok = !draining && (await options.ready());
    return reply.code(ok ? 200 : 503).send({ ok });
  });
  await app.register((trpc) => trpcRoute(trpc, deps, options));
  return app;
}

async function trpcRoute(app: FastifyInstance, deps: Deps, options: AppOptions): Promise<void> {
  // tRPC streams multipart past Fastify's body limit, so only JSON gets as far as a parser.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    if (isUtf8(body)) done(null, body.toString());
    else done(Object.assign(new Error('invalid UTF-8'), { statusCode: 400 }));
  });
  app.addHook('onRequest', async (request, reply) => {
    const waitMs = await options.ipRates.take(`ip:${ipBucket(request.ip)}`, options.ipRequestsPerMinute);
    if (waitMs !== null) return sendFault(reply, { code: 'limit.ip', retryAfterMs: waitMs }, options.refused);
    const type = request.headers['content-type'];
    if (type !== undefined && !/^application\/json(;|$)/i.test(type))
      return sendFault(reply, { code: 'request.media_type' }, options.refused);
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/trpc/:path',
    handler: (request, reply) =>
      fastifyRequestHandler({
        router: appRouter,
        req: request,
        res: reply,
        path: (request.params as { path: string }).path,
        maxBatchSize: MAX_BATCH,
        createContext: ({ info }): Context => ({ deps, request: requestContext(request, info.signal) }),
        responseMeta: ({ ctx, errors: [error] }) => responseMeta(ctx, error, request.id),
      }),
  });
}

type TrpcError = Parameters<typeof faultOf>[0];

/** The table's own status, and what a client needs to wait for: tRPC knows neither 426 nor `Retry-After`. */
function responseMeta(ctx: Context | undefined, error: TrpcError | undefined, requestId: string) {
  const headers = new Headers({ 'cache-control': 'no-store' });
  const timings = [...(ctx?.request.timings ?? [])].map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`);
  if (timings.length > 0) headers.set('server-timing', timings.join(', '));
  if (!error) return { headers };
  const { code, retryAfterMs } = faultOf(error, requestId);
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)));
  return { headers, status: errors[code].http };
}
