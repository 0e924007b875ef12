import { gzipSync } from 'node:zlib';
import { type AttackCase, refusedWith } from '../case.ts';
import { type Ask, ask, bearer, json } from '../raw-http.ts';

interface Row {
  readonly id: string;
  readonly standard: string;
  readonly statuses: readonly number[];
  readonly ask: Ask;
}

/** A proxy in front may refuse by itself, in other statuses than ours. */
const tooLarge = [413];
const wrongType = [400, 415];
const invalid = [400];
const run = '/trpc/highlights.run';
const token = bearer('a.b.c');

/** With a token that is none: what should have been refused for its body must not get as far as a token. */
const post = (body: string | Uint8Array, ...headers: readonly string[]): Ask => ({
  path: run,
  headers: [token, ...headers],
  body,
});
const nested = (open: string, close: string, depth: number) => `{"text":${open.repeat(depth)}1${close.repeat(depth)}}`;
const large = 'x'.repeat(3 * 1024 * 1024);

const types = 'ASVS V4.1.1, API8:2023';
const sizes = 'ASVS V5.2.1, API4:2023';
const bombs = 'ASVS V5.2.3, API4:2023';
const shapes = 'ASVS V1.5.2, API4:2023, LLM10:2025';
const prototypes = 'ASVS V15.3.6, API3:2023';

const rows: readonly Row[] = [
  ...[
    ['multipart', 'multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${large}\r\n--x--`],
    ['multipart-capitals', 'MULTIPART/Form-Data; boundary=x', `--x\r\n\r\n${large}\r\n--x--`],
    ['form', 'application/x-www-form-urlencoded', 'text=A+sentence'],
    ['plain-text', 'text/plain', '{"text":"A sentence."}'],
    ['xml', 'application/xml', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
    ['type-longer', 'application/json5', '{"text":"A sentence."}'],
    ['type-list', 'text/plain, application/json', '{"text":"A sentence."}'],
  ].map(([id = '', type = '', body = '']) => ({
    id: `body-${id}`,
    standard: types,
    statuses: [...wrongType, 413],
    ask: post(body, `content-type: ${type}`),
  })),
  { id: 'body-type-missing', standard: types, statuses: wrongType, ask: post('{"text":"A sentence."}') },
  { id: 'body-large', standard: sizes, statuses: tooLarge, ask: post(`{"text":"${large}"}`, json) },
  {
    id: 'body-large-chunked',
    standard: sizes,
    statuses: tooLarge,
    ask: post(`${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`, json, 'transfer-encoding: chunked'),
  },
  { id: 'body-large-by-length', standard: sizes, statuses: tooLarge, ask: post('', json, 'content-length: 10000000000') },
  { id: 'bomb-gzip', standard: bombs, statuses: wrongType, ask: post(gzipSync(large), json, 'content-encoding: gzip') },
  {
    id: 'bomb-gzip-twice',
    standard: bombs,
    statuses: wrongType,
    ask: post(gzipSync(gzipSync(large)), json, 'content-encoding: gzip, gzip'),
  },
  { id: 'bomb-deflate', standard: bombs, statuses: wrongType, ask: post('x', json, 'content-encoding: deflate') },
  { id: 'bomb-brotli', standard: bombs, statuses: wrongType, ask: post('x', json, 'content-encoding: br') },
  {
    id: 'bomb-transfer',
    standard: bombs,
    statuses: [...wrongType, 501],
    ask: post('0\r\n\r\n', json, 'transfer-encoding: gzip, chunked'),
  },
  { id: 'json-deep-arrays', standard: shapes, statuses: invalid, ask: post(nested('[', ']', 100_000), json) },
  { id: 'json-deep-objects', standard: shapes, statuses: invalid, ask: post(nested('{"a":', '}', 100_000), json) },
  {
    id: 'json-deep-query',
    standard: shapes,
    statuses: [400, 414],
    ask: { path: `/trpc/account.me?input=${'['.repeat(1_000)}`, headers: [token] },
  },
  { id: 'json-not-utf8', standard: shapes, statuses: invalid, ask: post(Buffer.from([0x7b, 0xff, 0x7d]), json) },
  { id: 'prototype-key', standard: prototypes, statuses: invalid, ask: post('{"text":"a","__proto__":{"admin":true}}', json) },
  {
    id: 'prototype-key-escaped',
    standard: prototypes,
    statuses: invalid,
    ask: post('{"text":"a","\\u005f_proto_\\u005F":{}}', json),
  },
  { id: 'prototype-nested', standard: prototypes, statuses: invalid, ask: post('{"text":"a","b":[{"__proto__":{}}]}', json) },
  {
    id: 'prototype-constructor',
    standard: prototypes,
    statuses: invalid,
    ask: post('{"constructor":{"prototype":{"a":1}}}', json),
  },
  {
    id: 'prototype-query',
    standard: prototypes,
    statuses: invalid,
    ask: { path: '/trpc/account.me?input=%7B%22__proto__%22%3A1%7D', headers: [token] },
  },
];

export const bodyCases: readonly AttackCase[] = rows.map(({ id, standard, statuses, ask: request }) => ({
  id,
  standard,
  from: 'outside',
  attack: async (target) => refusedWith(...statuses)(await ask(target, request)),
}));
