import type { ServerResponse } from 'node:http';

/** The largest reply is half a megabyte: whoever has not taken it by then holds memory, not a slow line. */
const REPLY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Cuts a client that does not take its reply: for so long there was always something of it left to be taken. A stream that has
 * nothing to say for a while leaves nothing.
 */
export function cutSlowReader(response: ServerResponse): void {
  // Its client has left before the reply: it will not be closed once more.
  if (response.destroyed) return;
  let waitedMs = 0;
  const timer = setInterval(() => {
    const { socket } = response;
    waitedMs = socket && socket.writableLength > 0 ? waitedMs + LOOK_EVERY_MS : 0;
    if (waitedMs >= REPLY_WITHIN_MS) socket?.destroy();
  }, LOOK_EVERY_MS).unref();
  response.once('close', () => clearInterval(timer));
}
