import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { behaviourOf } from '../../prove/behaviour.ts';
import type { OwnTarget } from '../case.ts';

/**
 * A gateway as it is written on a first afternoon: on a real Fastify, and open to every case of the red team. It believes any
 * token and any address, reads any body of any length for any time, runs whatever it is asked to, refunds who leaves, knows
 * idempotency keys but not their owners, and tells whoever breaks it where it broke.
 */
export interface GullibleServer {
  readonly target: Omit<OwnTarget, 'address'>;
  close(): Promise<void>;
}

const LARGE_BYTES = 10_000_000_000_000;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function gullibleServer(): Promise<GullibleServer> {
  const app = Fastify({
    bodyLimit: LARGE_BYTES,
    requestTimeout: 0,
    http: { headersTimeout: 0, maxHeaderSize: 1_000_000, requireHostHeader: false },
    routerOptions: { maxParamLength: 1_000_000 },
    forceCloseConnections: true,
    frameworkErrors: (_error, request, reply) => void answer(request, reply as FastifyReply, {}),
  });
  app.server.maxHeadersCount = 0;
  app.addHttpMethod('PROPFIND');
  readAnything(app);
  const executions: string[] = [];
  const byKey = new Map<string, object>();
  const rates = new Map<string, number>();

  app.addHook('onRequest', async (request, reply) => {
    const name = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'true-client-ip', 'cf-connecting-ip']
      .map((header) => request.headers[header])
      .find((value) => value !== undefined);
    const key = String(name ?? '');
    rates.set(key, (rates.get(key) ?? 0) + 1);
    if (name !== undefined && (rates.get(key) ?? 0) > 300) return reply.code(429).send();
    if (request.headers.origin) void reply.header('access-control-allow-origin', request.headers.origin);
  });
  app.post('/trpc/highlights.run', async (request, reply) => {
    const known = byKey.get(String(request.headers['idempotency-key']));
    if (known) return answer(request, reply, known);
    const done = await run(request.body as { text?: unknown }, executions);
    byKey.set(String(request.headers['idempotency-key']), done);
    return answer(request, reply, done);
  });
  app.post('/trpc/:path', async (request, reply) => {
    const inputs = Object.values((request.body ?? {}) as Record<string, { text?: unknown }>);
    return answer(request, reply, { runs: await Promise.all(inputs.map((input) => run(input, executions))) });
  });
  // What its handler trips over, its users may read.
  app.get('/trpc/nothing.here', () => JSON.parse('nothing'));
  app.setErrorHandler((error, _request, reply) => reply.code(500).send(error instanceof Error ? error.stack : String(error)));
  app.all('*', (request, reply) => answer(request, reply, { computeDay: { usedUs: 0, heldUs: 0 }, asked: request.query }));
  app.server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = new URL(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
  return {
    target: {
      url,
      directUrl: url,
      modelUrl: url,
      modelKey: 'k'.repeat(32),
      projectId: 'gullible',
      publicKey: 'public key',
      behind: (address) => [`x-forwarded-for: ${address}`],
      userToken: async () => `${part({ alg: 'RS256' })}.${part({ sub: 'ann' })}.${part({})}`,
      proof: async () => 'proof',
      token: async (claims) => `${part({ alg: 'RS256' })}.${part({ sub: 'ann', ...claims })}.${part({})}`,
      executed: async (tag) => executions.filter((each) => each === tag).length,
    },
    close: async () => {
      await app.close();
    },
  };
}

const answer = (request: FastifyRequest, reply: FastifyReply, data: object): FastifyReply =>
  reply.code(200).send({ result: { data, url: request.url } });

/** Takes any type for JSON, and what is none for nothing. */
function readAnything(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    // More than it could hold is not read; the answer is the same.
    if (Number(request.headers['content-length'] ?? 0) > 1_000_000) return done(null, {});
    const chunks: Buffer[] = [];
    payload.on('data', (chunk: Buffer) => chunks.push(chunk));
    payload.on('end', () => {
      try {
        done(null, JSON.parse(Buffer.concat(chunks).toString()));
      } catch {
        done(null, {});
      }
    });
  });
}

async function run({ text }: { text?: unknown }, executions: string[]): Promise<object> {
  const { tag = '', workMs = 0 } = typeof text === 'string' && text.startsWith('{') ? behaviourOf(text) : {};
  executions.push(tag);
  if (workMs > 0) await wait(workMs);
  return { receipt: { runId: crypto.randomUUID(), computeUs: 0 } };
}

/** A front that looks for line ends and not at what stands between them: to it, what follows a request is the next one. */
export async function gullibleFront(): Promise<{ url: URL; close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      const requests = bytes.toString().match(/^(?:GET|POST) .* HTTP\/1\.1/gm) ?? [];
      socket.end(requests.map(() => 'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"result":{}}').join(''));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), close: () => void server.close() };
}
