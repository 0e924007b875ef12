import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityContract } from '../testing/identity-contract.ts';
import { type TestIssuer, testIssuer } from '../testing/test-issuer.ts';
import { oidcIdentity, type OidcIdentityOptions } from './oidc-identity.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const claimsOf = ({ url }: TestIssuer, now: number) => ({ iss: url, aud: 'my-app', sub: 'ann', iat: now - 5, exp: now + 3_600 });
const optionsOf = ({ url }: TestIssuer): OidcIdentityOptions => ({
  issuer: url,
  audience: 'my-app',
  jwksUrl: `${url}/keys`,
  userinfoUrl: `${url}/userinfo`,
  nowMs: Date.now,
  log,
});

identityContract('oidc', {
  disabledIs: 'auth.revoked',
  claims: claimsOf,
  open: ({ issuer, ...more }) => oidcIdentity({ ...optionsOf(issuer), ...more }),
});

identityContract('oidc by discovery', {
  disabledIs: 'auth.revoked',
  claims: claimsOf,
  open: ({ issuer, ...more }) => oidcIdentity({ ...optionsOf(issuer), jwksUrl: null, ...more }),
});

describe('an OpenID Connect issuer', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());
  const now = () => Math.floor(Date.now() / 1000);
  const token = (more: object = {}) => issuer.sign({ ...claimsOf(issuer, now()), ...more });

  it('that calls itself otherwise is not the one', async () => {
    const identity = oidcIdentity({ ...optionsOf(issuer), jwksUrl: null });
    issuer.calledItself = 'https://evil.example';
    expect(await identity.verify(await token())).toMatchObject({ refused: 'auth.unavailable' });
    issuer.calledItself = issuer.url;
    expect(await oidcIdentity({ ...optionsOf(issuer), jwksUrl: null }).verify(await token())).toMatchObject({ uid: 'ann' });
  });

  it('whose tokens are for several audiences is heard by each', async () => {
    expect(await oidcIdentity(optionsOf(issuer)).verify(await token({ aud: ['my-app', 'other'] }))).toMatchObject({ uid: 'ann' });
  });

  it('that issues access tokens is heard', async () => {
    const access = await issuer.sign(claimsOf(issuer, now()), { typ: 'at+jwt' });
    expect(await oidcIdentity(optionsOf(issuer)).verify(access)).toMatchObject({ uid: 'ann' });
  });

  it('tells a person by issuer and subject, and none of one without an account', async () => {
    const identity = oidcIdentity(optionsOf(issuer));
    expect(await identity.verify(await token())).toMatchObject({ subject: `${issuer.url}:ann`, anonymous: false });
    expect(await identity.verify(await token({ is_anonymous: true }))).toMatchObject({ subject: null, anonymous: true });
  });

  it('that cannot be asked about its users is believed until the token ends', async () => {
    issuer.deleted.add('ann');
    const asked = issuer.asked.users;
    const identity = oidcIdentity({ ...optionsOf(issuer), userinfoUrl: null });
    expect(await identity.verify(await token())).toMatchObject({ uid: 'ann' });
    expect(issuer.asked.users).toBe(asked);
    issuer.deleted.clear();
  });
});
