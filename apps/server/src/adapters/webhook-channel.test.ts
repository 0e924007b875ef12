import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Undeliverable } from '../alerts/deliver.ts';
import { testMessage } from '../alerts/message.ts';
import { webhookChannel } from './webhook-channel.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');
const message = testMessage('Twohop', 'message-1', Date.parse('2026-11-26T12:00:00Z'));

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}
let received: Received[];
let status = 200;
let hangs = false;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
    if (!hangs) response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end('ok');
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
  status = 200;
  hangs = false;
});
const never = new AbortController().signal;
const send = async (format: 'json' | 'slack' | 'discord', secret: string | null = null) => {
  await webhookChannel({ url, format, secret }).send(message, never);
  return received[0] as Received;
};

it('signs id, time and body, so that nobody else can have written it', async () => {
  const { headers, body } = await send('json', SECRET);
  expect(headers['content-type']).toBe('application/json');
  expect(headers['webhook-id']).toBe('message-1');
  expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
    id: 'message-1',
    at: '2026-11-26T12:00:00.000Z',
    name: 'Twohop',
    alerts: [{ key: 'test', state: 'firing', severity: 'warning', title: 'this is a test' }],
  });
  const other = Buffer.alloc(32, 8).toString('base64');
  expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
  expect(() => new Webhook(SECRET).verify(body.replace('test', 'tess'), headers)).toThrow('No matching signature');
  const old = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) };
  expect(() => new Webhook(SECRET).verify(body, old)).toThrow('No matching signature');
});

it('speaks to Slack and Discord in their own ways, and mentions nobody', async () => {
  expect(JSON.parse((await send('slack')).body)).toEqual({
    text: expect.stringContaining('Twohop: this is a test\n\nwarning:') as unknown,
  });
  received = [];
  expect(JSON.parse((await send('discord')).body)).toMatchObject({
    content: expect.stringContaining('Nothing is wrong.') as unknown,
    allowed_mentions: { parse: [] },
  });
});

it.each([
  [500, false],
  [429, false],
  [408, false],
  [302, true],
  [404, true],
])('%i is no delivery; the last word: %s', async (code, isFinal) => {
  status = code;
  const failure = await send('json').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(failure instanceof Undeliverable).toBe(isFinal);
});

it('one that does not answer is let go of', async () => {
  hangs = true;
  const sending = webhookChannel({ url, format: 'json', secret: null }).send(message, AbortSignal.timeout(50));
  await expect(sending).rejects.toThrow(/timeout/);
});
