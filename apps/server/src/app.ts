import cors from '@fastify/cors';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { BODY_LIMIT_BYTES, BODY_WITHIN_MS } from './call-gate.ts';
import { clientErrorHandler } from './client-error.ts';
import { consoleRoute, type ConsoleSite } from './console-route.ts';
import { crossOrigin } from './cross-origin.ts';
import { doubledHeader, fastifyHead } from './fastify-head.ts';
import type { FirstHop } from './first-hop.ts';
import { httpFault, sendFault } from './http-fault.ts';
import { pipelineServer, type TransportOptions } from './pipelines.ts';
import { newRequestId } from './request-context.ts';
import { headFault, MAX_URL_CHARS } from './request-head.ts';
import { securityHeaders } from './security-headers.ts';
import { cutSlowReader } from './slow-readers.ts';
import { trpcRoute } from './trpc-route.ts';

export interface AppOptions extends FirstHop {
  readonly logger: FastifyBaseLogger;
  readonly trustProxy: readonly string[];
  /** Null: there is none. */
  readonly console: ConsoleSite | null;
}

const TRANSPORT: TransportOptions = {
  // Slow headers are cut by the first, slow bodies by the last; without the interval Node looks every 30 seconds.
  http: { headersTimeout: 5_000, connectionsCheckingInterval: 500 },
  // Longer than the minute for which balancers keep a connection, so that it is they who close it.
  keepAliveTimeout: 72_000,
  requestTimeout: BODY_WITHIN_MS,
};
/** A turn of the event loop that is later than this on average: more calls than this process can even refuse in good time. */
const LATE_LOOP_MS = 250;
const LOOK_EVERY_MS = 250;

/** The HTTP side of the first hop: bytes, origin, content type, batch size and the address's rate, before any token is read. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { logger, trustProxy, refused } = options;
  const app = Fastify({
    loggerInstance: logger,
    // One line a call is written by the router, which knows the outcome; addresses and headers are nobody's business.
    logController: new LogController({ disableRequestLogging: true }),
    // What is logged of a request names it; a logger of its own for each would do nothing else.
    childLoggerFactory: (own) => own,
    genReqId: newRequestId,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    routerOptions: { maxParamLength: MAX_URL_CHARS },
    serverFactory: (handler) => pipelineServer(handler, TRANSPORT),
    // While it closes, a connection that is still open may bring one more call: it is served and told to go.
    return503OnClosing: false,
    clientErrorHandler: clientErrorHandler(refused),
    // What Fastify answers by itself to a URL that it cannot decode, before any hook.
    frameworkErrors: (error, request, reply) => void sendFault(reply as FastifyReply, httpFault(error, request.id), refused),
  });
  app.setErrorHandler((error, request, reply) => {
    const fault = httpFault(error, request.id);
    if (fault.code === 'internal.bug') logger.error({ err: error, reqId: request.id }, 'bug');
    return sendFault(reply, fault, refused);
  });
  app.setNotFoundHandler((request, reply) => sendFault(reply, httpFault({ statusCode: 404 }, request.id), refused));
  await addHeaders(app, options);
  app.addHook('onRequest', async (request, reply) => {
    const found = { doubled: doubledHeader(request.raw.rawHeaders), isKnown: !request.is404 };
    const fault = headFault(fastifyHead(request), found);
    if (fault) return sendFault(reply, fault, refused);
  });
  await app.register(underPressure, {
    maxEventLoopDelay: LATE_LOOP_MS,
    sampleInterval: LOOK_EVERY_MS,
    pressureHandler: (_request, reply) => {
      sendFault(reply, { code: 'capacity.overloaded', retryAfterMs: 1_000 }, refused);
    },
  });
  addHealth(app, options);
  await app.register((trpc) => trpcRoute(trpc, options));
  const site = options.console;
  if (site) await app.register((page) => consoleRoute(page, options, site));
  return app;
}

/** On every reply, also on refusals: who may read it, and that a browser must not take it for anything but data. */
async function addHeaders(app: FastifyInstance, { allowedOrigins, draining }: AppOptions): Promise<void> {
  const constant = securityHeaders();
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(constant);
    next();
  });
  await app.register(cors, { origin: [...allowedOrigins], ...crossOrigin });
  // Async: what Node's parser finds wrong with the rest of a request is told before a reply to its head.
  app.addHook('onSend', async (request, reply) => {
    cutSlowReader(reply.raw);
    void reply.header('x-request-id', request.id);
    if (draining()) void reply.header('connection', 'close');
  });
}

function addHealth(app: FastifyInstance, { ready, draining }: AppOptions): void {
  // A server that is busy is alive: whoever restarts it for that makes it worse.
  const config = { pressureHandler: () => undefined };
  app.get('/healthz', { config }, () => ({ ok: true }));
  app.get('/readyz', { config }, async (_request, reply) => {
    const ok = !draining() && (await ready());
    return reply.code(ok ? 200 : 503).send({ ok });
  });
}
