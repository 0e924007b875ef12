import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Target } from './case.ts';
import { bytesOf, json, open } from './raw-http.ts';

/** The server's longest deadline is ten seconds, counted from when the kernel's buffers are full; a proxy may take longer. */
const CUT_WITHIN_MS = 30_000;
const EVERY_MS = 1_000;
/** By a reader, which takes no reply: what it is owed fills the server's memory, or the server cuts it. */
const ASKED_AT_ONCE = 20;
/** Slow clients come one by one: all at once they would be a flood, which is another attack. */
const OPENED_AT_ONCE = 20;
const OPENED_EVERY_MS = 100;

export const slowKinds = ['slow-headers', 'slow-body', 'slow-reader'] as const;
export type SlowKind = (typeof slowKinds)[number];

/** What such a client does at once, and then each second. */
type Trickle = (socket: Socket) => void;

export interface Siege {
  /** How many connections were not cut in time; resolves as soon as none is left. */
  readonly uncut: Promise<number>;
}

/** Opens so many connections that trickle, each until it is cut or the time is up. */
export async function besiege(target: Target, kind: SlowKind, sockets: number): Promise<Siege> {
  const trickle = trickles[kind](target);
  const left = new Set<Socket>();
  const timer = setInterval(() => [...left].filter(({ writable }) => writable).forEach(trickle), EVERY_MS).unref();
  const cut: Promise<unknown>[] = [];
  for (let opened = 0; opened < sockets; opened += OPENED_AT_ONCE) {
    if (opened > 0) await pause(OPENED_EVERY_MS);
    const more = await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, sockets - opened) }, () => open(target.url)));
    for (const socket of more) {
      left.add(socket);
      cut.push(new Promise((resolve) => socket.once('close', resolve)).then(() => left.delete(socket)));
      trickle(socket);
    }
  }
  const late = pause(CUT_WITHIN_MS, undefined, { ref: false });
  const uncut = Promise.race([Promise.all(cut), late]).then(() => {
    clearInterval(timer);
    const slow = [...left];
    for (const socket of slow) socket.destroy();
    return slow.length;
  });
  return { uncut };
}

const trickles: Readonly<Record<SlowKind, (target: Target) => Trickle>> = {
  'slow-headers': (target) => {
    const bytes = bytesOf(target, { path: '/trpc/account.me' }).toString().slice(0, -2);
    return begun(bytes, 'x: y\r\n');
  },
  'slow-body': (target) =>
    begun(bytesOf(target, { path: '/trpc/highlights.run', headers: [json, 'content-length: 100000'], body: '{' }), ' '),
  'slow-reader': (target) => {
    const one = bytesOf(target, { path: '/nowhere' }).toString().replace('connection: close\r\n', '');
    const bytes = Buffer.from(one.repeat(ASKED_AT_ONCE));
    return (socket) => {
      if (socket.writableLength < bytes.length) socket.write(bytes);
    };
  },
};

function begun(bytes: string | Buffer, then: string): Trickle {
  const first = new WeakSet<Socket>();
  return (socket) => {
    if (first.has(socket)) return void socket.write(then);
    first.add(socket);
    socket.write(bytes);
    // Reads, so that it sees that it was cut.
    socket.resume();
  };
}
