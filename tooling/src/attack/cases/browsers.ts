import { type AttackCase, type Target, type Verdict } from '../case.ts';
import { type Ask, ask, bearer, json, type Reply } from '../raw-http.ts';

const outside = (id: string, standard: string, attack: (target: Target) => Promise<Verdict>): AttackCase => ({
  id,
  standard,
  from: 'outside',
  attack,
});

const cors = 'ASVS V3.4.2, API8:2023';
const header = ({ head }: Reply, name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';

/** A page of that origin may read nothing: neither the reply nor its preflight names it. */
const foreign = (id: string, originOf: (target: Target) => string): AttackCase =>
  outside(`origin-${id}`, cors, async (target) => {
    const origin = `origin: ${originOf(target)}`;
    const reply = await ask(target, { path: '/trpc/account.me', headers: [origin] });
    const preflight: Ask = {
      method: 'OPTIONS',
      path: '/trpc/account.me',
      headers: [origin, 'access-control-request-method: POST', 'access-control-request-headers: authorization'],
    };
    const allowed = [reply, await ask(target, preflight)].map((each) => header(each, 'access-control-allow-origin'));
    return { refused: reply.status > 0 && allowed.every((each) => each === ''), status: reply.status };
  });

const id = 'abcdefghijklmnopabcdefghijklmnop';
const origins: readonly AttackCase[] = [
  foreign('page', () => 'https://evil.example'),
  foreign('null', () => 'null'),
  foreign('extension-of-another', () => `chrome-extension://${id.split('').toReversed().join('')}`),
  foreign('extension-longer', () => `chrome-extension://${id}a`),
  foreign('extension-shorter', () => `chrome-extension://${id.slice(1)}`),
  foreign('extension-capitals', () => `chrome-extension://${id.toUpperCase()}`),
  foreign('extension-as-host', () => `https://${id}.chrome-extension.evil.example`),
  foreign('own-host-as-prefix', ({ url }) => `https://${url.hostname}.evil.example`),
  outside('origin-cached', 'ASVS V14.3.2, API8:2023', async (target) => {
    const reply = await ask(target, { path: '/trpc/account.me', headers: ['origin: https://evil.example'] });
    const refused = /\borigin\b/i.test(header(reply, 'vary')) && /no-store/.test(header(reply, 'cache-control'));
    return { refused, status: reply.status };
  }),
];

const hardened = (name: string, value: RegExp, standard: string): AttackCase =>
  outside(`header-${name}`, standard, async (target) => {
    const replies = [await ask(target, { path: '/trpc/account.me' }), await ask(target, { path: '/nowhere' })];
    return { refused: replies.every((reply) => value.test(header(reply, name))), status: replies[0]?.status ?? 0 };
  });

const headers: readonly AttackCase[] = [
  hardened('x-content-type-options', /^nosniff$/, 'ASVS V3.4.4, API8:2023'),
  hardened('content-security-policy', /default-src 'none'.*frame-ancestors 'none'/, 'ASVS V3.4.3, API8:2023'),
  hardened('strict-transport-security', /max-age=\d{8}/, 'ASVS V3.4.1, API8:2023'),
  hardened('referrer-policy', /^no-referrer$/, 'ASVS V3.4.5, API8:2023'),
];

const silence = 'ASVS V16.5.1, API8:2023';
const telling =
  /node_modules|\.[cm]?[jt]s:\d+|\bat \w+.*\(|fastify|trpc|zod|firebase|express|traceback|SyntaxError|Unexpected token/i;
/** A failure that says which library failed, or where, helps only the next attempt. */
const silent = (name: string, request: Ask): AttackCase =>
  outside(`error-${name}`, silence, async (target) => {
    const reply = await ask(target, request);
    const names = /^(server: *(?!cloudflare|nginx|google).*\d|x-powered-by:)/im.test(reply.head);
    return { refused: reply.status >= 400 && !telling.test(reply.text) && !names, status: reply.status };
  });

const errors: readonly AttackCase[] = [
  silent('of-json', { path: '/trpc/highlights.run', headers: [bearer('a.b.c'), json], body: '{"text":' }),
  silent('of-token', {
    path: '/trpc/account.me',
    headers: [bearer(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`)],
  }),
  silent('of-path', { path: '/trpc/nothing.here' }),
  silent('of-url', { path: '/trpc/%ff' }),
  outside('error-echo', silence, async (target) => {
    const secret = 'canary7f3a';
    const reply = await ask(target, { path: `/trpc/${secret}?input=${secret}`, headers: [`x-${secret}: ${secret}`] });
    return { refused: reply.status >= 400 && !`${reply.head}${reply.text}`.includes(secret), status: reply.status };
  }),
];

export const browserCases: readonly AttackCase[] = [...origins, ...headers, ...errors];
