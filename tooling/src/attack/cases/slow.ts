import type { Socket } from 'node:net';
import { holdsWithin } from '../../prove/poll.ts';
import type { AttackCase, Target, Verdict } from '../case.ts';
import { ask, bytesOf, json, open } from '../raw-http.ts';

const standard = 'ASVS V13.2.6, API4:2023';
/** The server's longest deadline is ten seconds, counted from when the kernel's buffers are full; a proxy may take longer. */
const CUT_WITHIN_MS = 30_000;
const SERVED_WITHIN_MS = 5_000;
const EVERY_MS = 1_000;

/**
 * Opens so many connections that trickle. Refused when every one of them is cut in time, and others are served meanwhile.
 */
async function besiege(target: Target, sockets: number, trickle: (socket: Socket) => void): Promise<Verdict> {
  const opened = await Promise.all(Array.from({ length: sockets }, () => open(target.url)));
  const closed = opened.map((socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())));
  const timer = setInterval(() => opened.filter((socket) => socket.writable).forEach(trickle), EVERY_MS);
  opened.forEach(trickle);
  let status = 0;
  const served = await holdsWithin(SERVED_WITHIN_MS, async () => {
    ({ status } = await ask(target, { path: '/healthz' }));
    return status === 200;
  });
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), CUT_WITHIN_MS).unref());
  const outcome = await Promise.race([Promise.all(closed), late]);
  clearInterval(timer);
  for (const socket of opened) socket.destroy();
  return { refused: outcome !== 'late' && served, status };
}

const first = new WeakSet<Socket>();
const begin = (socket: Socket, bytes: string | Buffer, then: string): void => {
  if (first.has(socket)) return void socket.write(then);
  first.add(socket);
  socket.write(bytes);
  // Reads, so that it sees that it was cut.
  socket.resume();
};

/** Asks again and again and takes no reply: what it is owed fills the server's memory, or the server cuts it. */
const ASKED_AT_ONCE = 50;
const askWithoutReading = (socket: Socket, bytes: Buffer): void => {
  if (socket.writableLength < bytes.length) socket.write(bytes);
};

export const slowCases = (sockets: number): readonly AttackCase[] => {
  const slow = (id: string, attack: (target: Target) => Promise<Verdict>): AttackCase => ({
    id,
    standard,
    from: 'outside',
    attack,
  });
  return [
    slow('slow-headers', (target) => {
      const bytes = bytesOf(target, { path: '/trpc/account.me' }).toString().slice(0, -2);
      return besiege(target, sockets, (socket) => begin(socket, bytes, 'x: y\r\n'));
    }),
    slow('slow-body', (target) => {
      const bytes = bytesOf(target, { path: '/trpc/highlights.run', headers: [json, 'content-length: 100000'], body: '{' });
      return besiege(target, sockets, (socket) => begin(socket, bytes, ' '));
    }),
    slow('slow-reader', (target) => {
      const one = bytesOf(target, { path: '/nowhere' }).toString().replace('connection: close\r\n', '');
      const bytes = Buffer.from(one.repeat(ASKED_AT_ONCE));
      return besiege(target, sockets, (socket) => askWithoutReading(socket, bytes));
    }),
  ];
};
