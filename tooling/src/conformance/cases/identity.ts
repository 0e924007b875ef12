import { type ConformanceCase, refusals, type Seen, type Visit } from '../case.ts';

const withToken = (visit: Visit, token: string | null): Promise<Seen> => {
  const { authorization: _own, ...others } = visit.headers;
  return visit.ask('/trpc/account.me', { headers: { ...others, ...(token !== null && { authorization: `Bearer ${token}` }) } });
};

const withClaims = (visit: Visit, claims: object): Promise<Seen> => withToken(visit, visit.host.token(visit.user, claims));

/** The signature stays whole and is another text's. */
const forged = (token: string, other: string): string => [...other.split('.').slice(0, 2), token.split('.')[2]].join('.');

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export const identityCases: readonly ConformanceCase[] = [
  {
    name: 'a sound token of the issuer',
    expected: '200 ok, and its own user',
    look: async (visit) => {
      const { said, data } = await visit.read('account.me');
      return `${said}, and ${data['uid'] === visit.user ? 'its own user' : String(data['uid'])}`;
    },
  },
  ...refusals([
    ['no token', '401 auth.missing', (visit) => withToken(visit, null)],
    ['no JWT', '401 auth.invalid', (visit) => withToken(visit, 'a.b.c')],
    [
      'claims under another token’s signature',
      '401 auth.invalid',
      (visit) => withToken(visit, forged(visit.host.token(visit.user), visit.host.token('somebody-else'))),
    ],
    ['another audience', '401 auth.invalid', (visit) => withClaims(visit, { aud: 'another' })],
    ['another issuer', '401 auth.invalid', (visit) => withClaims(visit, { iss: 'https://evil.example' })],
    ['a token that has expired', '401 auth.expired', (visit) => withClaims(visit, { exp: nowSeconds() - 1 })],
    ['a token of tomorrow', '401 auth.invalid', (visit) => withClaims(visit, { iat: nowSeconds() + 86_400 })],
    ['an admin’s procedure', '403 auth.forbidden', (visit) => visit.call('admin.setKillSwitch', { on: true })],
    [
      'a client that is too old',
      '426 client.outdated',
      (visit) => visit.ask('/trpc/account.me', { headers: { ...visit.headers, 'x-client-version': '0.9.0' } }),
    ],
  ]),
];
