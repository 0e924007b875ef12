import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Log } from '@twohop/api';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { addressRefusal, bodyText, inputFault, trpcOptions } from './call-gate.ts';
import { crossOrigin } from './cross-origin.ts';
import { bodyOf } from './fetch-body.ts';
import type { FirstHop } from './first-hop.ts';
import { faultBody, faultHead, type HttpFault, httpFault } from './http-fault.ts';
import { contextOf, newRequestId } from './request-context.ts';
import { headFault, ONCE, type RequestHead } from './request-head.ts';
import { securityHeaders } from './security-headers.ts';

export interface FetchAppOptions extends FirstHop {
  readonly log: Log;
}

/** The first hop as a function from request to reply. `address`: of the client, as the host knows it. */
export type FetchApp = (request: Request, address: string) => Promise<Response>;

interface Env {
  readonly Bindings: { readonly address: string };
  readonly Variables: { readonly head: RequestHead };
}

/**
 * What `buildApp` is for Node, for hosts that speak the web's Request and Response: the same decisions in the same order. What
 * happens before a request has a head, and to a reply that nobody reads, is the host's.
 */
export function fetchApp(options: FetchAppOptions): FetchApp {
  const { allowedOrigins, draining, ready, log, refused } = options;
  const app = new Hono<Env>();
  app.onError((error, c) => {
    const { id } = c.var.head;
    const fault = httpFault(error, id);
    if (fault.code === 'internal.bug') log.error({ err: error, reqId: id }, 'bug');
    return told(fault, refused);
  });
  app.notFound((c) => told(faultOfHead(c, false) ?? { code: 'request.not_found' }, refused));
  app.use(onEveryReply());
  app.use(
    cors({
      origin: [...allowedOrigins],
      allowHeaders: crossOrigin.allowedHeaders,
      allowMethods: ['GET', 'HEAD', 'POST'],
      exposeHeaders: crossOrigin.exposedHeaders,
      maxAge: crossOrigin.maxAge,
    }),
  );
  const byHead: MiddlewareHandler<Env> = async (c, next) => {
    const fault = faultOfHead(c, true);
    return fault ? told(fault, refused) : next();
  };
  app.get('/healthz', byHead, (c) => c.json({ ok: true }));
  app.get('/readyz', byHead, async (c) => {
    const ok = !draining() && (await ready());
    return c.json({ ok }, ok ? 200 : 503);
  });
  app.on(['GET', 'POST'], '/trpc/:path', byHead, (c) => answerCall(c, options));
  return async (request, address) => app.fetch(request, { address });
}

/** Who may take it for anything but data: nobody. */
function onEveryReply(): MiddlewareHandler<Env> {
  const constant = Object.entries(securityHeaders());
  return async (c, next) => {
    c.set('head', headOf(c));
    await next();
    for (const [name, value] of constant) c.header(name, value);
    c.header('x-request-id', c.var.head.id);
  };
}

const headOf = ({ req: { url, raw }, env }: Context<Env>): RequestHead => ({
  id: newRequestId(),
  url: url.slice(url.indexOf('/', 'https://'.length)),
  address: env.address,
  header: (name) => raw.headers.get(name),
});

/** The web's Headers join what came twice by a comma, which no header that may come once has. */
function faultOfHead({ var: { head } }: Context<Env>, isKnown: boolean): HttpFault | null {
  const doubled = [...ONCE].find((name) => head.header(name)?.includes(','));
  return headFault(head, { doubled: doubled ?? null, isKnown });
}

function told(fault: HttpFault, refused: FirstHop['refused']): Response {
  refused(fault.code);
  return Response.json(faultBody(fault), faultHead(fault));
}

async function answerCall(c: Context<Env>, options: FetchAppOptions): Promise<Response> {
  const { head } = c.var;
  const { raw } = c.req;
  if (!isReadable(head.url)) return told(httpFault({ statusCode: 400 }, head.id), options.refused);
  const tooOften = await addressRefusal(head.address, options);
  if (tooOften) return told(tooOften.fault, tooOften.refused);
  const inputs = c.req.queries('input') ?? [];
  const fault = inputFault(inputs.length > 1 ? inputs : inputs[0]);
  if (fault) return told(fault, options.refused);
  const sent = raw.method === 'POST' ? { body: bodyText(await bodyOf(raw)) } : {};
  return fetchRequestHandler({
    ...trpcOptions(head.id),
    endpoint: '/trpc',
    req: new Request(raw.url, { method: raw.method, headers: raw.headers, signal: raw.signal, ...sent }),
    createContext: () => contextOf(options.deps)(head, raw.signal),
  });
}

/** tRPC would answer an address that nobody can decode, but not as JSON. */
function isReadable(url: string): boolean {
  try {
    return decodeURI(url) !== '';
  } catch {
    return false;
  }
}
