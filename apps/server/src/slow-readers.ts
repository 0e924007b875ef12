import type { ServerResponse } from 'node:http';

/** The largest reply is half a megabyte: whoever has not taken it by then holds memory, not a slow line. */
const REPLY_WITHIN_MS = 10_000;

/** Cuts a client that does not take its reply. Counts from when the reply is there to be sent, not from the request. */
export function cutSlowReader(response: ServerResponse): void {
  const timer = setTimeout(() => response.socket?.destroy(), REPLY_WITHIN_MS).unref();
  response.once('close', () => clearTimeout(timer));
}
