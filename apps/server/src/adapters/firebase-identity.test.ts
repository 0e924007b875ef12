import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unasked } from '../identity/verified-tokens.ts';
import { identityContract } from '../testing/identity-contract.ts';
import { type TestIssuer, testIssuer } from '../testing/test-issuer.ts';
import { firebaseIdentity } from './firebase-identity.ts';
import { firebaseUsers } from './firebase-users.ts';

const projectId = 'my-project';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const claimsOf = (now: number) => ({
  iss: `https://securetoken.google.com/${projectId}`,
  aud: projectId,
  sub: 'ann',
  iat: now - 5,
  auth_time: now - 5,
  exp: now + 3_600,
  firebase: { sign_in_provider: 'google.com', identities: { email: ['ann@example.com'], 'google.com': ['1234'] } },
});

identityContract('firebase', {
  disabledIs: 'auth.blocked',
  claims: (_issuer, now) => claimsOf(now),
  open: ({ issuer, ...more }) => {
    // Where firebase-admin looks users up; the tokens here are signed, and verified as in production.
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', issuer.host);
    const users = firebaseUsers({ projectId });
    return firebaseIdentity({ ...more, projectId, emulated: false, users, keysUrl: `${issuer.url}/keys` });
  },
});

describe('a Firebase ID token', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more: object = {}) => ({ ...claimsOf(now()), ...more });
  const options = () => ({ projectId, users: unasked, nowMs: Date.now, log, keysUrl: `${issuer.url}/keys` });
  const verify = async (token: string) => firebaseIdentity({ ...options(), emulated: false }).verify(token);

  it.each<[string, object]>([
    ['a tenant’s', { firebase: { sign_in_provider: 'password', identities: {}, tenant: 'other' } }],
    ['of a longer uid than Firebase gives', { sub: 'a'.repeat(129) }],
    ['without a sign-in', { firebase: undefined }],
    ['with a sign-in by nobody', { firebase: {} }],
    ['without the time of its sign-in', { auth_time: undefined }],
    ['for several audiences', { aud: [projectId, 'other'] }],
    ['a session cookie', { iss: `https://session.firebase.google.com/${projectId}` }],
    ['another project’s', { iss: 'https://securetoken.google.com/other', aud: 'other' }],
    [
      'a custom token',
      { iss: 'a@my-project.iam.gserviceaccount.com', aud: 'https://identitytoolkit.googleapis.com/x', uid: 'ann' },
    ],
  ])('that is %s is refused', async (_what, more) => {
    expect(await verify(await issuer.sign(claims(more)))).toEqual({ refused: 'auth.invalid' });
  });

  it('tells the person by the first provider that vouches for one', async () => {
    const subjectOf = async (firebase: object) => verify(await issuer.sign(claims({ firebase })));
    expect(await subjectOf(claimsOf(0).firebase)).toMatchObject({ subject: 'google.com:1234', anonymous: false });
    const password = { sign_in_provider: 'password', identities: { email: ['a@b.example'] } };
    expect(await subjectOf(password)).toMatchObject({ subject: null, anonymous: false });
    expect(await subjectOf({ sign_in_provider: 'anonymous', identities: {} })).toMatchObject({ subject: null, anonymous: true });
    expect(await subjectOf({ sign_in_provider: 'custom' })).toMatchObject({ subject: null, anonymous: false });
  });

  it('of the emulator counts there, and a signed one does not', async () => {
    const emulator = firebaseIdentity({ ...options(), emulated: true });
    const asked = issuer.asked.keys;
    expect(await emulator.verify(issuer.unsigned(claims()))).toMatchObject({ uid: 'ann' });
    expect(await emulator.verify(issuer.unsigned(claims({ exp: now() - 1 })))).toEqual({ refused: 'auth.expired' });
    expect(await emulator.verify(issuer.unsigned(claims({ aud: 'other' })))).toEqual({ refused: 'auth.invalid' });
    expect(await emulator.verify(await issuer.sign(claims()))).toEqual({ refused: 'auth.invalid' });
    expect(issuer.asked.keys).toBe(asked);
  });
});

describe('looking users up', () => {
  it('has no obstacle where there are users, or no network', async () => {
    const issuer = await testIssuer();
    issuer.deleted.add('nobody');
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', issuer.host);
    const users = firebaseUsers({ projectId: 'with-users' });
    expect(await users.obstacle()).toBeNull();
    await issuer.close();
    expect(await users.obstacle()).toBeNull();
  });

  it('is told to be impossible without credentials', async () => {
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', undefined);
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    vi.stubEnv('HOME', '/nonexistent');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nonexistent.json');
    expect(await firebaseUsers({ projectId: 'no-credentials' }).obstacle()).toBe('app/invalid-credential');
    vi.unstubAllEnvs();
  });
});
