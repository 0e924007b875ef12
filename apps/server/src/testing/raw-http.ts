import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';

/** Listens on a free port of loopback. */
export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they are and reads until the server closes. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawReply> {
  const socket = await open(port);
  socket.write(bytes);
  return replyOf(await text(socket));
}

export interface RawReply {
  readonly status: number;
  readonly head: string;
  /** The code of the table; null where the reply holds none. */
  readonly code: string | null;
  readonly text: string;
}

export const replyOf = (reply: string): RawReply => ({
  status: Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 0),
  head: reply.split('\r\n\r\n', 1)[0] ?? '',
  code: /"twohop":\{"code":"([^"]+)"/.exec(reply)?.[1] ?? null,
  text: reply,
});
