import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { mlClient, type MlClientOptions } from '../client.ts';
import { undiciAsk } from '../undici-ask.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export const good = { model: 'm', sentences: 1, highlights: [{ text: 'a', start: 0, end: 1, score: 0.5 }] };

export const reply =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Handler =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const refusal = (code: string, field: string | null = null) => ({
  error: { code, message: 'm', field, retryAfterMs: null },
});

/** A model that answers as the test says, on a real socket. A cancel is answered by `cancels`, and is not a call. */
export async function model(
  handler: Handler,
  cancels: Handler = reply(refusal('request.not_found'), {}, 404),
): Promise<{ url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') return cancels(request, response);
    calls++;
    handler(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

export const call = (more: { deadlineMs?: number; signal?: AbortSignal } = {}) => ({
  runId: 'run-1',
  userKey: 'user-1',
  deadlineMs: 5_000,
  signal: new AbortController().signal,
  ...more,
});

/** A client with one key, asked as often as one likes. */
export function clientOf(url: string, more: Partial<MlClientOptions> = {}) {
  const client = mlClient({ ask: undiciAsk(url), keys: ['secret'], ...more });
  return (own?: Parameters<typeof call>[0]) => client.highlights({ text: 'a' }, call(own));
}
