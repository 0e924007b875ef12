import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as open, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOK_EVERY_MS = 50;

export interface Balancer {
  readonly url: string;
  /** Which backends it would send a client to. */
  ready(): readonly boolean[];
  close(): void;
}

/** What stands before several servers: it asks each whether it is ready and sends clients to those that are, in turn. */
export async function balancer(backends: readonly string[]): Promise<Balancer> {
  const ready = backends.map(() => false);
  const look = () =>
    backends.map(async (url, index) => {
      ready[index] = await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  await Promise.all(look());
  const looking = setInterval(look, LOOK_EVERY_MS);
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const next = (): string | undefined => {
    const open = backends.filter((_, index) => ready[index]);
    turn += 1;
    return open[turn % open.length];
  };
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const backend = next();
    if (!backend) return void response.writeHead(502).end('no backend is ready');
    const { method, url, headers } = request;
    const upstream = open(`${backend}${url}`, { agent, method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    upstream.on('error', (error) => response.writeHead(502).end(`${backend}: ${error.message}`));
    request.pipe(upstream);
  };
  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: () => [...ready],
    close: () => {
      clearInterval(looking);
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
