import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What went over one hop, in both directions: bytes counted, and kept to be looked through. */
export interface Hop {
  /** Where to send what is meant for the other end. */
  readonly url: string;
  readonly bytesUp: () => number;
  readonly bytesDown: () => number;
  /** Whether these words were on the wire, as they are or percent-encoded as in forms. */
  readonly carried: (words: string) => boolean;
  close(): void;
}

/** Stands in one hop and writes down all that passes. */
export async function recordHop(port: number): Promise<Hop> {
  const up: Buffer[] = [];
  const down: Buffer[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to, heard] of [
      [near, far, up],
      [far, near, down],
    ] as const) {
      keep(from).on('data', (chunk) => heard.push(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bytes = (heard: readonly Buffer[]): number => heard.reduce((sum, { length }) => sum + length, 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytesUp: () => bytes(up),
    bytesDown: () => bytes(down),
    carried: (words) => {
      const forms = [words, encodeURIComponent(words)];
      return [up, down].some((heard) => forms.some((form) => Buffer.concat(heard).includes(form)));
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
