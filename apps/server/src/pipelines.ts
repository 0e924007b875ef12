import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/** Browsers and proxies send a request when the one before is answered. HTTP lets a client send some more, and these are they. */
const MOST_UNANSWERED = 8;

/** What Fastify would set on a server of its own. */
export interface TransportOptions {
  readonly http: ServerOptions;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
}

/**
 * A server that cuts who asks and asks without waiting for the replies. Node hands over all requests of a packet in one turn of
 * the event loop, and reads on until some megabytes of replies are not taken: work for thousands before anybody else gets a turn.
 * Of such a connection one packet is parsed, and eight requests of it are looked at.
 */
export function pipelineServer(handler: RequestListener, { http, ...timeouts }: TransportOptions): Server {
  const unanswered = new WeakMap<Socket, number>();
  const count = (socket: Socket, change: 1 | -1): number => {
    const now = (unanswered.get(socket) ?? 0) + change;
    unanswered.set(socket, now);
    return now;
  };
  const server = createServer(http, (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    if (count(socket, 1) > MOST_UNANSWERED) return void socket.destroy();
    response.once('close', () => count(socket, -1));
    handler(request, response);
  });
  return Object.assign(server, timeouts);
}
