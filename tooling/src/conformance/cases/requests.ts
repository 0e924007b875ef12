import { codeOf, open } from '../../attack/raw-http.ts';
import { type ConformanceCase, LONGEST_MS, refusals, runBytes, type Seen, type Visit } from '../case.ts';

const TOO_MUCH_BYTES = 2 * 1024 * 1024 + 1;

/** What no client of HTTP sends. A host that has answered may wait for the rest of it: nobody waits for that. */
async function raw(visit: Visit, more: readonly string[], body: string): Promise<string> {
  const socket = await open(visit.host.url);
  socket.setTimeout(LONGEST_MS, () => socket.destroy());
  socket.write(runBytes(visit, more, body));
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (codeOf({ text })) break;
  }
  return `${/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'no reply,'} ${codeOf({ text }) ?? 'ok'}`;
}

const post = (visit: Visit, body: string | Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>> = {}): Promise<Seen> =>
  visit.ask('/trpc/highlights.run', { method: 'POST', body, headers: { ...visit.headers, ...more } });

const get = (path: string) => (visit: Visit) => visit.ask(path);
const named = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

export const requestCases: readonly ConformanceCase[] = [
  ...refusals([
    ['alive', '200 ok', get('/healthz')],
    ['ready', '200 ok', get('/readyz')],
    ['an address with nothing at it', '404 request.not_found', get('/trpc')],
    ['a procedure that there is not', '404 request.not_found', get('/trpc/account.you')],
    ['a name that every object has', '404 request.not_found', get('/trpc/toString')],
    ['another method', '404 request.not_found', (visit) => visit.ask('/trpc/account.me', { method: 'DELETE' })],
    ['a run that is read', '404 request.not_found', get('/trpc/highlights.run')],
    ['a long address', '414 request.uri_too_long', get(`/trpc/account.me?${'x'.repeat(5_000)}`)],
    ['a form', '415 request.media_type', (visit) => post(visit, 'text=a', { 'content-type': 'text/plain' })],
    ['a packed body', '415 request.media_type', (visit) => post(visit, '{}', { 'content-encoding': 'gzip' })],
    ['no JSON', '400 input.invalid', (visit) => post(visit, '{"text":')],
    [
      'no UTF-8',
      '400 input.invalid',
      (visit) => post(visit, named(Buffer.from('{"text":"'), Uint8Array.of(0xff), Buffer.from('"}'))),
    ],
    ['a key that names a prototype', '400 input.invalid', (visit) => post(visit, '{"text":"a","__proto__":{}}')],
    ['a deep body', '400 input.invalid', (visit) => post(visit, '['.repeat(40) + ']'.repeat(40))],
    ['a field that there is not', '400 input.invalid', (visit) => visit.call('highlights.run', { text: 'A text.', more: 1 })],
    ['a text that is too long', '413 input.too_large', (visit) => visit.call('highlights.run', { text: 'x'.repeat(100_001) })],
    [
      'a key that is no UUID',
      '400 input.invalid',
      (visit) => visit.call('highlights.run', { text: 'A text.' }, { 'idempotency-key': 'x' }),
    ],
    ['a query that came twice', '400 input.invalid', get('/trpc/account.quote?input=1&input=2')],
    ['a batch of nine', '400 input.invalid', get(`/trpc/${Array.from({ length: 9 }, () => 'account.me').join(',')}?batch=1`)],
  ]),
  {
    name: 'a batch of two',
    expected: '200 ok, two results',
    look: async (visit) => {
      const { said, text } = await visit.ask('/trpc/account.me,account.me?batch=1');
      return `${said}, ${text.match(/"result":/g)?.length === 2 ? 'two' : 'not two'} results`;
    },
  },
  {
    name: 'a body that says it is too large',
    expected: '413 input.too_large',
    look: (visit) => raw(visit, [`content-length: ${TOO_MUCH_BYTES}`], '{'),
  },
  {
    name: 'a body that turns out too large',
    expected: '413 input.too_large',
    look: (visit) =>
      raw(visit, ['transfer-encoding: chunked'], `${TOO_MUCH_BYTES.toString(16)}\r\n${' '.repeat(TOO_MUCH_BYTES)}\r\n`),
  },
  {
    name: 'a body that does not arrive',
    when: 'beside a stopped model',
    expected: '408 request.timeout',
    look: (visit) => raw(visit, ['content-length: 20'], '{'),
  },
  {
    name: 'a header that came twice',
    expected: '400 input.invalid',
    look: (visit) => {
      const key = `idempotency-key: ${crypto.randomUUID()}`;
      return raw(visit, [key, key, 'content-length: 2'], '{}');
    },
  },
];
