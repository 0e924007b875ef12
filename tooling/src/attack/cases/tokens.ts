import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportJWK } from 'jose';
import {
  type AttackCase,
  type Claims,
  type Forgery,
  type OwnTarget,
  refusedWith,
  type Target,
  type UserTarget,
} from '../case.ts';
import { ask, bearer, json } from '../raw-http.ts';

/** ASVS 5.0: V9.1 how a token is trusted, V9.2 what it says, V6.3 that nobody goes around it, V14.2 where it may stand. */
const signature = 'ASVS V9.1.1, API2:2023';
const algorithm = 'ASVS V9.1.2, API2:2023';
const keySource = 'ASVS V9.1.3, API2:2023';
const lifetime = 'ASVS V9.2.1, API2:2023';
const purpose = 'ASVS V9.2.2, API2:2023';
const audience = 'ASVS V9.2.3, API2:2023';
const wholeness = 'ASVS V2.2.1, API2:2023';
const missing = 'ASVS V8.2.1, API2:2023';
const misplacing = 'ASVS V14.2.1, API2:2023';
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Asks who the token is: the cheapest procedure behind the same door as the dear ones. */
const me = (target: Target, ...headers: readonly string[]) => ask(target, { path: '/trpc/account.me', headers });

type Named = readonly [id: string, standard: string];

const outside = ([id, standard]: Named, attack: (target: Target) => ReturnType<typeof ask>, statuses = [401]): AttackCase => ({
  id: `token-${id}`,
  standard,
  from: 'outside',
  attack: async (target) => refusedWith(...statuses)(await attack(target)),
});

/** Claims as an issuer would make them, for forgers who know the project by guess alone. */
const guessed = (): Claims => ({
  iss: 'https://securetoken.google.com/twohop',
  aud: 'twohop',
  sub: 'ann',
  iat: nowSeconds() - 5,
  auth_time: nowSeconds() - 5,
  exp: nowSeconds() + 3_600,
});
const unsigned = (alg: string, signature = ''): string => `${part({ alg, typ: 'JWT' })}.${part(guessed())}.${signature}`;

const fromOutside: readonly AttackCase[] = [
  outside(['missing', missing], (target) => me(target)),
  outside(['empty', missing], (target) => me(target, 'authorization: Bearer ')),
  outside(['basic', missing], (target) => me(target, 'authorization: Basic YW5uOmFubg==')),
  outside(['garbage', wholeness], (target) => me(target, bearer('a.b.c'))),
  outside(['alg-none', algorithm], (target) => me(target, bearer(unsigned('none')))),
  outside(['alg-none-mixed-case', algorithm], (target) => me(target, bearer(unsigned('nOnE', 'AAAA')))),
  outside(
    ['oversized', wholeness],
    (target) => me(target, bearer(`${unsigned('RS256')}${'A'.repeat(20_000)}`)),
    [400, 401, 413, 431],
  ),
  outside(['four-parts', wholeness], (target) => me(target, bearer(`${unsigned('RS256', 'AAAA')}.AAAA`))),
  outside(['encrypted', algorithm], (target) => me(target, bearer(`${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`))),
];

const user = ([id, standard]: Named, attack: (target: UserTarget) => ReturnType<typeof ask>, statuses = [401]): AttackCase => ({
  id: `token-${id}`,
  standard,
  from: 'user',
  attack: async (target) => refusedWith(...statuses)(await attack(target)),
});

const inside = ([id, standard]: Named, attack: (target: OwnTarget) => ReturnType<typeof ask>, statuses = [401]): AttackCase => ({
  id: `token-${id}`,
  standard,
  from: 'inside',
  attack: async (target) => refusedWith(...statuses)(await attack(target)),
});

/** Validly signed by the issuer's own key, unless the forgery says otherwise: the claims alone must refuse it. */
const claimed = (named: Named, claimsOf: (target: OwnTarget) => Claims, forgery: Forgery = {}): AttackCase =>
  inside(named, async (target) => me(target, bearer(await target.token(claimsOf(target), forgery))));

const ofGoogle = (host: string, project: string): Claims => ({ iss: `https://${host}/${project}` });

const claims: readonly AttackCase[] = [
  claimed(['expired', lifetime], () => ({ exp: nowSeconds() - 600 })),
  claimed(['exp-missing', lifetime], () => ({ exp: undefined })),
  claimed(['exp-text', lifetime], () => ({ exp: '9999999999' })),
  claimed(['iat-future', lifetime], () => ({ iat: nowSeconds() + 900 })),
  claimed(['iat-missing', lifetime], () => ({ iat: undefined })),
  claimed(['auth-time-future', lifetime], () => ({ auth_time: nowSeconds() + 900 })),
  claimed(['not-yet-valid', lifetime], () => ({ nbf: nowSeconds() + 900 })),
  claimed(['sub-missing', wholeness], () => ({ sub: undefined })),
  claimed(['sub-empty', wholeness], () => ({ sub: '' })),
  claimed(['sub-object', wholeness], () => ({ sub: { toString: 'ann' } })),
  claimed(['sub-oversized', wholeness], () => ({ sub: 'a'.repeat(129) })),
  claimed(['aud-foreign-project', audience], () => ({ aud: 'another-project' })),
  claimed(['aud-list', audience], ({ projectId }) => ({ aud: ['another-project', projectId] })),
  claimed(['iss-foreign', keySource], () => ({ iss: 'https://issuer.example' })),
  claimed(['iss-look-alike', keySource], ({ projectId }) => ofGoogle('securetoken.google.com.evil.example', projectId)),
  claimed(['iss-longer', keySource], ({ projectId }) => ofGoogle('securetoken.google.com', `${projectId}-evil`)),
  claimed(['iss-foreign-project', audience], () => ({ ...ofGoogle('securetoken.google.com', 'another'), aud: 'another' })),
  claimed(['session-cookie', purpose], ({ projectId }) => ofGoogle('session.firebase.google.com', projectId)),
  claimed(['google-sign-in', purpose], ({ projectId }) => ({ iss: 'https://accounts.google.com', azp: projectId })),
  claimed(['custom', purpose], ({ projectId }) => ({
    iss: `firebase-adminsdk@${projectId}.iam.gserviceaccount.com`,
    aud: 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
    uid: 'ann',
  })),
  claimed(['tenant', audience], () => ({ firebase: { sign_in_provider: 'password', identities: {}, tenant: 'another' } })),
  claimed(['kid-unknown', keySource], () => ({}), { header: { kid: 'key-2' } }),
  claimed(['kid-missing', keySource], () => ({}), { header: { kid: undefined } }),
  claimed(['kid-path', keySource], () => ({}), { header: { kid: '../../../../dev/null' }, signedBy: 'forger' }),
  claimed(['forged', signature], () => ({}), { signedBy: 'forger' }),
  claimed(['jku', keySource], () => ({}), { header: { jku: 'http://127.0.0.1:9/keys' }, signedBy: 'forger' }),
];

/** A sound token, cut into its three parts. */
const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

const forgeries: readonly AttackCase[] = [
  inside(['hs256-public-key', algorithm], async (target) => {
    const signed = `${part({ alg: 'HS256', kid: 'key-1', typ: 'JWT' })}.${parts(await target.token({}))[1]}`;
    return me(target, bearer(`${signed}.${createHmac('sha256', target.publicKey).update(signed).digest('base64url')}`));
  }),
  inside(['jwk-embedded', keySource], async (target) => {
    const jwk = await exportJWK(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
    return me(target, bearer(await target.token({}, { header: { jwk }, signedBy: 'forger' })));
  }),
  user(['unsigned', algorithm], async (target) => {
    const [, payload] = parts(await target.userToken());
    return me(target, bearer(`${part({ alg: 'none', typ: 'JWT' })}.${payload}.`));
  }),
  user(['signature-stripped', signature], async (target) => {
    const [header, payload] = parts(await target.userToken());
    return me(target, bearer(`${header}.${payload}.`));
  }),
  inside(['signature-of-another', signature], async (target) => {
    const [header, payload] = parts(await target.token({ sub: 'victim' }));
    const [, , signature] = parts(await target.token({ sub: 'ann' }));
    return me(target, bearer(`${header}.${payload}.${signature}`));
  }),
  user(['payload-swapped', signature], async (target) => {
    const [header, payload, signature] = parts(await target.userToken());
    const own = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return me(target, bearer(`${header}.${part({ ...own, sub: 'victim' })}.${signature}`));
  }),
];

/** A sound token where no token may be: what is not a header ends in logs, histories and other sites. */
const misplaced: readonly AttackCase[] = [
  user(
    ['header-doubled', wholeness],
    async (target) => me(target, bearer('a.b.c'), bearer(await target.userToken())),
    [400, 401],
  ),
  user(
    ['header-doubled-first', wholeness],
    async (target) => me(target, bearer(await target.userToken()), bearer('a.b.c')),
    [400, 401],
  ),
  user(['list', wholeness], async (target) => me(target, bearer(`${await target.userToken()}, a.b.c`))),
  user(['in-query', misplacing], async (target) =>
    ask(target, { path: `/trpc/account.me?access_token=${await target.userToken()}` }),
  ),
  user(['in-cookie', misplacing], async (target) =>
    me(target, `cookie: token=${await target.userToken()}; __session=${await target.userToken()}`),
  ),
  user(['in-body', misplacing], async (target) => {
    const body = JSON.stringify({ token: await target.userToken(), access_token: await target.userToken(), text: 'A sentence.' });
    return ask(target, { path: '/trpc/highlights.run', headers: [json], body });
  }),
];

export const tokenCases: readonly AttackCase[] = [...fromOutside, ...claims, ...forgeries, ...misplaced];

/** Shows that the door opens for a sound token: else a server that refuses everything would pass. */
export const soundToken = async (target: UserTarget): Promise<boolean> =>
  (await me(target, bearer(await target.userToken()))).status === 200;
