import { type AttackCase, refusedWith, type Target, type Verdict } from '../case.ts';
import { type Ask, ask, bearer, bytesOf, exchange, json, open, type Reply } from '../raw-http.ts';

const token = bearer('a.b.c');
const hidden = 'GET /trpc/hidden HTTP/1.1\r\nhost: x\r\n\r\n';

const outside = (id: string, standard: string, attack: (target: Target) => Promise<Verdict>): AttackCase => ({
  id,
  standard,
  from: 'outside',
  attack,
});
/** Refused with one of the statuses. */
const asking = (id: string, [standard, ...statuses]: readonly [string, ...number[]], request: Ask): AttackCase =>
  outside(id, standard, async (target) => refusedWith(...statuses)(await ask(target, request)));

const batching = 'ASVS V2.4.1, API4:2023, LLM10:2025';
const batchOf = (size: number, procedure = 'account.me') =>
  `/trpc/${Array.from({ length: size }, () => procedure).join(',')}?batch=1`;

const batches: readonly AttackCase[] = [
  asking('batch-of-nine', [batching, 400], { path: batchOf(9), headers: [token] }),
  outside('batch-of-commas', batching, async (target) => {
    const reply = await ask(target, { path: `/trpc/${','.repeat(2_000)}?batch=1` });
    // What matters is the amplification: two kilobytes asked must not be megabytes answered.
    return { refused: reply.status >= 400 && reply.text.length < 5_000, status: reply.status };
  }),
  asking('batch-of-runs', [batching, 400], {
    path: batchOf(100, 'search.run'),
    headers: [token, json],
    body: JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [index, { query: 'a', text: 'a' }]))),
  }),
];

const limits = 'ASVS V4.2.5, API4:2023';
const lengths: readonly AttackCase[] = [
  asking('url-long', [limits, 400, 414], { path: `/trpc/account.me?input=${'x'.repeat(8_000)}`, headers: [token] }),
  asking('url-huge', [limits, 400, 413, 414, 431], { path: `/${'x'.repeat(65_536)}` }),
  asking('headers-huge', [limits, 400, 413, 431], { path: '/trpc/account.me', headers: [token, `x: ${'y'.repeat(65_536)}`] }),
  asking('headers-many', [limits, 400, 413, 431], {
    path: '/trpc/account.me',
    headers: [token, ...Array.from({ length: 2_000 }, (_, index) => `x-${index}: ${index}`)],
  }),
];

const access = 'ASVS V8.2.1, API5:2023';
const inventory = 'ASVS V13.4.5, API9:2023';
const nowhere = [400, 404];
/** The token is none, so a path that reached a procedure would answer 401: only "nothing here" is a refusal. */
const paths: readonly AttackCase[] = [
  ...[
    ['encoded-slash', '/trpc%2faccount.me'],
    ['dots', '/trpc/../trpc/account.me'],
    ['dots-encoded', '/trpc/%2e%2e/trpc/account.me'],
    ['double-slash', '//trpc//account.me'],
    ['capitals', '/TRPC/ACCOUNT.ME'],
    ['null', '/trpc/account.me%00'],
    ['parameters', '/trpc/account.me;admin=true'],
    ['backslash', '/trpc\\account.me'],
    ['not-decodable', '/trpc/%ff'],
    ['prototype', '/trpc/__proto__'],
    ['constructor', '/trpc/constructor.constructor'],
    ['inherited', '/trpc/account.toString'],
  ].map(([id, path = '']) => asking(`path-${id}`, [access, ...nowhere], { path, headers: [token] })),
  ...[
    ['metrics', '/metrics'],
    ['docs', '/docs'],
    ['contract', '/openapi.json'],
    ['settings', '/.env'],
    ['sources', '/apps/server/src/main.ts'],
    ['panel', '/panel'],
  ].map(([id, path = '']) => asking(`exposed-${id}`, [inventory, 403, ...nowhere], { path })),
];

const methods = 'ASVS V4.1.4, API5:2023';
const verbs: readonly AttackCase[] = [
  asking('method-mutation-by-get', ['ASVS V3.5.3, API5:2023', 400, 404, 405], {
    path: '/trpc/highlights.run?input=%7B%22text%22%3A%22a%22%7D',
    headers: [token],
  }),
  ...['PUT', 'DELETE', 'TRACE', 'PROPFIND'].map((method) =>
    asking(`method-${method.toLowerCase()}`, [methods, 400, 403, 404, 405, 501], {
      method,
      path: '/trpc/account.me',
      headers: [token],
    }),
  ),
  asking('method-override', [methods, 400, 404, 405], {
    path: '/trpc/account.me',
    headers: [token, json, 'x-http-method-override: GET'],
    body: '{}',
  }),
];

const framing = 'ASVS V4.2.1, API8:2023';
/** Never two replies where a proxy would have seen one request. */
const smuggled = (id: string, bytes: (target: Target) => Buffer): AttackCase =>
  outside(`smuggle-${id}`, framing, async (target) => once(await exchange(target.url, bytes(target))));
const once = ({ status, text }: Reply): Verdict => ({
  refused: [400, 501].includes(status) && !text.includes('HTTP/1.1 '),
  status,
});
const framed = (id: string, body: string, ...headers: readonly string[]): AttackCase =>
  smuggled(id, (target) =>
    bytesOf(target, { path: '/trpc/highlights.run', headers: [token, json, ...headers], body: body + hidden }),
  );

const smuggling: readonly AttackCase[] = [
  framed('length-and-chunks', '0\r\n\r\n', 'content-length: 5', 'transfer-encoding: chunked'),
  framed('two-lengths', '{}', 'content-length: 2', 'content-length: 40'),
  framed('unknown-transfer', '0\r\n\r\n', 'transfer-encoding: xchunked'),
  framed('chunks-not-last', '0\r\n\r\n', 'transfer-encoding: chunked, identity'),
  framed('space-before-colon', '0\r\n\r\n', 'transfer-encoding : chunked'),
  framed('length-signed', '{}', 'content-length: +2'),
  framed('length-negative', '{}', 'content-length: -1'),
  framed('folded', '', 'x: a\r\n transfer-encoding: chunked', 'content-length: 0'),
  framed('bare-line-feed', '', 'x: a\ntransfer-encoding: chunked', 'content-length: 0'),
  framed('chunk-size', '0x2\r\n{}\r\n0\r\n\r\n', 'transfer-encoding: chunked'),
  smuggled('no-host', () => Buffer.from('GET /trpc/account.me HTTP/1.1\r\nconnection: close\r\n\r\n')),
  smuggled('two-hosts', (target) => bytesOf(target, { path: '/trpc/account.me', headers: ['host: evil.example'] })),
];

/** An upgrade would leave HTTP and all its limits behind: 101 is the failure, whatever else is said. */
const upgrade = (protocol: string, ...headers: readonly string[]): AttackCase =>
  outside(`upgrade-${protocol}`, 'ASVS V4.4.1, API8:2023', async (target) => {
    const socket = await open(target.url);
    const bytes = bytesOf(target, { path: '/trpc/account.me', headers: [token, `upgrade: ${protocol}`, ...headers] }).toString();
    socket.write(bytes.replace('connection: close', 'connection: Upgrade'));
    const reply = await new Promise<string>((resolve) => {
      socket.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      socket.once('close', () => resolve(''));
    });
    socket.destroy();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1] ?? 0);
    return { refused: status >= 400, status };
  });

const upgrades: readonly AttackCase[] = [
  upgrade('h2c', 'http2-settings: AAMAAABkAAQAAP__'),
  upgrade('websocket', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version: 13'),
];

export const requestCases: readonly AttackCase[] = [...batches, ...lengths, ...paths, ...verbs, ...smuggling, ...upgrades];
