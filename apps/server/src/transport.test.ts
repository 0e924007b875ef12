import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRates } from './adapters/memory-rates.ts';
import { exchange, listen, open, replyOf } from './testing/raw-http.ts';
import { testApp } from './testing/test-app.ts';

const ours = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
let app: FastifyInstance;
let port: number;
let verified: () => number;
let refused: string[];

beforeEach(async () => {
  ({ app, verified, refused } = await testApp({ ipRates: memoryRates() }));
  port = await listen(app);
});
afterEach(() => app.close());

const head = (line: string, ...headers: string[]) =>
  `${[`${line} HTTP/1.1`, 'host: x', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`;
const token = 'authorization: Bearer a.b.c';
const post = (body: string | Buffer, ...headers: string[]) =>
  Buffer.concat([
    Buffer.from(
      head('POST /trpc/highlights.run', token, 'content-type: application/json', `content-length: ${body.length}`, ...headers),
    ),
    Buffer.from(body),
  ]);
/** A post whose headers are all its own. */
const bare = (body: string, ...headers: string[]) => head('POST /trpc/highlights.run', token, ...headers) + body;
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const json = 'content-type: application/json';

describe('bodies', () => {
  it('a sound one gets as far as its token', async () => {
    expect(await exchange(port, post('{"text":"x"}'))).toMatchObject({ status: 401, code: 'auth.invalid' });
    expect(await exchange(port, post(`{"text":${nested(30)}}`))).toMatchObject({ status: 401 });
    expect(await exchange(port, post('{"text":"he wrote \\"__proto__\\": x"}'))).toMatchObject({ status: 401 });
    expect(verified()).toBe(3);
  });

  it.each<[string, string | Buffer, number, string]>([
    ['multipart past the limit', bare('--x', 'content-type: multipart/form-data; boundary=x', 'content-length: 3'), 415, 'media'],
    ['multipart in capitals', bare('--x', 'content-type: MULTIPART/form-data; boundary=x', 'content-length: 3'), 415, 'media'],
    ['a form', bare('a=b', 'content-type: application/x-www-form-urlencoded', 'content-length: 3'), 415, 'media'],
    ['plain text', bare('{}', 'content-type: text/plain', 'content-length: 2'), 415, 'media'],
    ['JSON of a longer name', bare('{}', 'content-type: application/jsonp', 'content-length: 2'), 415, 'media'],
    ['no type', bare('{}', 'content-length: 2'), 415, 'media'],
    ['gzip', post(gzipSync('{"text":"x"}'), 'content-encoding: gzip'), 415, 'media'],
    ['brotli', post('x', 'content-encoding: br'), 415, 'media'],
    ['gzip as a transfer', bare('0\r\n\r\n', json, 'transfer-encoding: gzip, chunked'), 415, 'media'],
    ['2 MiB and a byte', post(`"${'x'.repeat(2 * 1024 * 1024 - 1)}"`), 413, 'too_large'],
    ['10 GB by its length', bare('', json, 'content-length: 10000000000'), 413, 'too_large'],
    [
      '3 MiB in chunks',
      bare(`300000\r\n${'x'.repeat(0x30_00_00)}\r\n0\r\n\r\n`, json, 'transfer-encoding: chunked'),
      413,
      'too_large',
    ],
    ['33 arrays deep', post(nested(33)), 400, 'invalid'],
    ['a million objects deep', post('{"a":'.repeat(400_000)), 400, 'invalid'],
    ['a key __proto__', post('{"__proto__":{"admin":true}}'), 400, 'invalid'],
    ['the same, written otherwise', post('{"\\u005f_prot\\u006F__" : 1}'), 400, 'invalid'],
    ['a key constructor', post('{"constructor":{"prototype":{"admin":true}}}'), 400, 'invalid'],
    ['invalid UTF-8', post(Buffer.from([0x22, 0xff, 0x22])), 400, 'invalid'],
  ])('refused: %s', async (_name, bytes, status, code) => {
    const reply = await exchange(port, bytes);
    expect(reply).toMatchObject({ status, code: expect.stringContaining(code) as string });
    expect(verified()).toBe(0);
    expect(refused).toEqual([reply.code]);
  });

  it('60 MB of multipart are not read', async () => {
    const socket = await open(port);
    socket.write(bare('', 'content-type: multipart/form-data; boundary=x', 'content-length: 60000000'));
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(replyOf(reply.toString()).status).toBe(415);
    socket.destroy();
  });
});

describe('addresses', () => {
  const long = (chars: number) => `/trpc/account.me?input=${'x'.repeat(chars)}`;
  it.each<[string, string, number, string]>([
    ['longer than 4 KiB', head(`GET ${long(4_096)}`, token), 414, 'request.uri_too_long'],
    ['longer, to nowhere', head(`GET /${'x'.repeat(5_000)}`), 414, 'request.uri_too_long'],
    ['a parameter longer than any', head(`GET /trpc/${'x'.repeat(4_000)}`, token), 404, 'request.not_found'],
    ['64 KiB', head(`GET ${long(65_536)}`, token), 413, 'input.too_large'],
    ['not decodable', head('GET /trpc/%ff', token), 400, 'input.invalid'],
    ['an input with a prototype', head('GET /trpc/account.me?input={%22__proto__%22:1}', token), 400, 'input.invalid'],
    ['a deep input', head(`GET /trpc/account.me?input=${'%5B'.repeat(40)}`, token), 400, 'input.invalid'],
    ['two inputs', head('GET /trpc/account.quote?input=1&input=2', token), 400, 'input.invalid'],
    ['metrics on the public port', head('GET /metrics'), 404, 'request.not_found'],
    ['docs', head('GET /docs'), 404, 'request.not_found'],
    ['the contract', head('GET /openapi.json'), 404, 'request.not_found'],
    ['a body to nowhere', bare('x'.repeat(100), 'content-length: 100').replace('/trpc/', '/no/'), 404, 'request.not_found'],
  ])('%s', async (_name, bytes, status, code) => {
    expect(await exchange(port, bytes)).toMatchObject({ status, code });
    expect(verified()).toBe(0);
  });

  it('a batch of two thousand is refused before any of it runs', async () => {
    const reply = await exchange(port, head(`GET /trpc/${'account.me,'.repeat(300)}account.me?batch=1`, token));
    expect(reply.status).toBe(400);
    expect(reply.text.length).toBeLessThan(2_000);
    expect(await exchange(port, head(`GET /trpc/${','.repeat(2_000)}?batch=1`, token))).toMatchObject({ status: 400 });
    expect(verified()).toBe(0);
  });
});

describe('headers', () => {
  it.each(['authorization', 'content-type', 'host', 'idempotency-key', 'origin', 'x-client-version', 'x-firebase-appcheck'])(
    'two of %s are one too many',
    async (name) => {
      const reply = await exchange(port, head('GET /trpc/account.me', `${name}: a`, `${name}: a`));
      expect(reply).toMatchObject({ status: 400, code: 'input.invalid' });
      expect(verified()).toBe(0);
    },
  );

  it('16 KiB of headers are refused in the same shape', async () => {
    const reply = await exchange(port, head('GET /trpc/account.me', `x: ${'y'.repeat(17_000)}`));
    expect(reply).toMatchObject({ status: 413, code: 'input.too_large' });
    expect(reply.text).not.toContain('yyy');
  });

  it('400, in words, for an address that is none behind a proxy', async () => {
    await app.close();
    ({ app } = await testApp({ ipRates: memoryRates(), trustProxy: ['127.0.0.1'] }));
    port = await listen(app);
    const reply = await exchange(port, head('GET /trpc/account.me', 'x-forwarded-for: banana'));
    expect(reply).toMatchObject({ status: 400, code: 'input.invalid' });
    expect(reply.text).toContain('"field":"x-forwarded-for"');
  });
});

describe('two requests that a proxy would take for one', () => {
  const hidden = 'GET /trpc/hidden HTTP/1.1\r\nhost: x\r\n\r\n';
  it.each<[string, string]>([
    ['a length and chunks', bare(`0\r\n\r\n${hidden}`, json, 'content-length: 5', 'transfer-encoding: chunked')],
    ['two lengths', bare(`{}${hidden}`, json, 'content-length: 2', 'content-length: 60')],
    ['an unknown transfer', bare(`0\r\n\r\n${hidden}`, json, 'transfer-encoding: xchunked')],
    ['chunks that are not last', bare(`0\r\n\r\n${hidden}`, json, 'transfer-encoding: chunked, identity')],
    ['a space before the colon', bare(`0\r\n\r\n${hidden}`, json, 'transfer-encoding : chunked')],
    ['a length that is none', bare(`{}${hidden}`, json, 'content-length: +2')],
    ['a folded header', bare(hidden, json, 'x: a\r\n b')],
    ['a bare line feed', bare(hidden, json, 'x: a\ncontent-length: 0')],
    ['a chunk size that is none', bare(`0x2\r\n{}\r\n0\r\n\r\n${hidden}`, json, 'transfer-encoding: chunked')],
    ['no host', `GET /trpc/account.me HTTP/1.1\r\nconnection: close\r\n\r\n`],
  ])('%s', async (_name, bytes) => {
    const reply = await exchange(port, bytes);
    expect(reply.status).toBe(400);
    expect(reply.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(verified()).toBe(0);
  });
});

describe('every reply', () => {
  it.each<[string, string]>([
    ['a refusal', head('GET /trpc/account.me', `origin: ${ours}`)],
    ['nowhere', head('GET /nope', `origin: ${ours}`)],
    ['health', head('GET /healthz', `origin: ${ours}`)],
  ])('%s names its origin, and what a browser must not do with it', async (_name, bytes) => {
    const headers = (await exchange(port, bytes)).head.toLowerCase();
    expect(headers).toMatch(/^vary: .*origin/im);
    expect(headers).toContain(`access-control-allow-origin: ${ours}`);
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(headers).toContain("content-security-policy: default-src 'none';frame-ancestors 'none'");
    expect(headers).toContain('strict-transport-security: max-age=31536000');
    expect(headers).not.toMatch(/^(server|x-powered-by):/im);
  });

  it.each([`${ours}x`, ours.slice(0, -1), 'null', ours.toUpperCase(), `https://evil.example/${ours}`, 'chrome-extension://'])(
    'an origin that looks alike may not read it: %s',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const asked = head(`${method} /trpc/account.me`, `origin: ${origin}`, 'access-control-request-method: POST');
        expect((await exchange(port, asked)).head).not.toContain('access-control-allow-origin');
      }
    },
  );
});

describe('requests on one connection', () => {
  const nowhere = 'GET /nope HTTP/1.1\r\nhost: x\r\n\r\n';

  it('some before the first reply are answered, in their order', async () => {
    const reply = await exchange(port, nowhere.repeat(7) + head('GET /healthz'));
    expect(reply.text.match(/HTTP\/1\.1 (?:404|200)/g)).toEqual([...Array<string>(7).fill('HTTP/1.1 404'), 'HTTP/1.1 200']);
  });

  it('of thousands hardly any is looked at, and the connection is cut', async () => {
    const socket = await open(port);
    // Cut in the middle of what it sends, so it sees an error first.
    const closed = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
    socket.resume();
    socket.write(nowhere.repeat(5_000));
    await closed;
    expect(refused.length).toBeLessThanOrEqual(8);
  });

  it('any number is answered one after another', async () => {
    const socket = await open(port);
    for (let asked = 0; asked < 50; asked += 1) {
      socket.write(nowhere);
      expect(String(await once(socket, 'data'))).toContain('HTTP/1.1 404');
    }
    socket.destroy();
    expect(refused).toHaveLength(50);
  });
});

describe('slow clients', () => {
  const lifeMs = async (bytes: string): Promise<number> => {
    for (;;) {
      const startMs = performance.now();
      const { status } = await exchange(port, bytes);
      // A busy machine sheds load, which is another answer: then it is asked again.
      if (status !== 503) return performance.now() - startMs;
    }
  };

  it('are cut: headers after 5 s, bodies after 10, readers after 10', { timeout: 30_000 }, async () => {
    const [headersMs, bodyMs, readerMs] = await Promise.all([
      lifeMs('GET /trpc/account.me HTTP/1.1\r\nhost: x\r\n'),
      lifeMs(bare('{', json, 'content-length: 100')),
      readerLifeMs(),
    ]);
    expect(headersMs).toBeGreaterThan(4_500);
    expect(headersMs).toBeLessThan(8_000);
    expect(bodyMs).toBeGreaterThan(9_000);
    expect(bodyMs).toBeLessThan(13_000);
    expect(readerMs).toBeGreaterThan(9_000);
    expect(readerMs).toBeLessThan(13_000);
    expect(refused.filter((code) => code === 'request.timeout')).toHaveLength(2);
  });

  /** Of a client that asks for more than the kernel's buffers take, and reads nothing of it. */
  async function readerLifeMs(): Promise<number> {
    const large = (await testApp({ ipRates: memoryRates() })).app;
    large.get('/large', () => Buffer.alloc(50_000_000, 'x'));
    const largePort = await listen(large);
    const startMs = performance.now();
    const cut = new Promise<number>((resolve) => {
      large.server.once('connection', (socket) => socket.once('close', () => resolve(performance.now() - startMs)));
    });
    const client = await open(largePort);
    client.write(head('GET /large'));
    const ms = await cut;
    client.destroy();
    await large.close();
    return ms;
  }
});
