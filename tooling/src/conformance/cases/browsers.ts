import type { ConformanceCase, Seen, Visit } from '../case.ts';

export const ALLOWED_ORIGIN = 'https://app.example.com';

const preflight = (visit: Visit, origin: string): Promise<Seen> =>
  visit.ask('/trpc/highlights.run', {
    method: 'OPTIONS',
    headers: {
      ...visit.host.behind(visit.address),
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key,trpc-accept',
    },
  });

const wanted = ['authorization', 'content-type', 'idempotency-key', 'trpc-accept', 'x-client-version', 'x-firebase-appcheck'];

const readerOf = (headers: Headers): string => headers.get('access-control-allow-origin') ?? 'nobody';

export const browserCases: readonly ConformanceCase[] = [
  {
    name: 'a preflight of an allowed page, and of another one',
    expected: `204 for ${ALLOWED_ORIGIN} with all headers of a client, and for nobody`,
    look: async (visit) => {
      const { status, headers } = await preflight(visit, ALLOWED_ORIGIN);
      const allowed = (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/,\s*/);
      const all = wanted.every((name) => allowed.includes(name)) ? 'all' : 'not all';
      const other = await preflight(visit, 'https://evil.example');
      return `${status} for ${readerOf(headers)} with ${all} headers of a client, and for ${readerOf(other.headers)}`;
    },
  },
  {
    name: 'a refusal that an allowed page reads',
    expected: `401 auth.missing for ${ALLOWED_ORIGIN}, told apart by Origin, with Retry-After in sight`,
    look: async (visit) => {
      const { said, headers } = await visit.ask('/trpc/account.me', {
        headers: { ...visit.unknown, origin: ALLOWED_ORIGIN },
      });
      const apart = (headers.get('vary') ?? '').includes('Origin') ? 'told apart by Origin' : 'the same for all';
      const inSight = (headers.get('access-control-expose-headers') ?? '').includes('retry-after') ? 'in sight' : 'hidden';
      return `${said} for ${readerOf(headers)}, ${apart}, with Retry-After ${inSight}`;
    },
  },
  {
    name: 'what every reply says',
    expected: 'nosniff, no-store, default-src none, HSTS, an id of its own',
    look: async (visit) => {
      const replies = [await visit.read('account.me'), await visit.read('account.you'), await visit.ask('/nothing')];
      const each = ({ headers }: Seen) => ({
        nosniff: headers.get('x-content-type-options') === 'nosniff',
        'no-store': headers.get('cache-control') === 'no-store',
        'default-src none': headers.get('content-security-policy')?.includes("default-src 'none'") ?? false,
        HSTS: headers.has('strict-transport-security'),
      });
      const said = replies.flatMap((reply) => Object.entries(each(reply)));
      const names = [...new Set(said.map(([name]) => name))].filter((name) =>
        said.every(([own, holds]) => own !== name || holds),
      );
      const ids = new Set(replies.map(({ headers }) => headers.get('x-request-id')));
      return [...names, ids.size === replies.length && !ids.has(null) ? 'an id of its own' : 'no id'].join(', ');
    },
  },
];
