import { expect, it } from 'vitest';
import { googleIdToken, googleUrl } from './google.ts';

const secrets = { state: 's', nonce: 'n' };
const token = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_')}.x`;
const answer = (fields: Record<string, string>) => `https://id.chromiumapp.org/#${new URLSearchParams(fields).toString()}`;

it('asks Google for an ID token of this client, to be answered to this extension', () => {
  const url = new URL(googleUrl({ clientId: 'c', redirectUri: 'https://id.chromiumapp.org/', ...secrets }));
  expect(url.origin).toBe('https://accounts.google.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: 'c',
    redirect_uri: 'https://id.chromiumapp.org/',
    response_type: 'id_token',
    state: 's',
    nonce: 'n',
  });
});

it('takes the answer to its own question', () => {
  const own = token({ sub: '1', nonce: 'n', name: 'Zoë ÿ?>' });
  expect(googleIdToken(answer({ id_token: own, state: 's' }), secrets)).toBe(own);
});

it.each([
  ['a refusal', answer({ error: 'access_denied', state: 's' })],
  ['another state', answer({ id_token: token({ nonce: 'n' }), state: 'x' })],
  ['another nonce', answer({ id_token: token({ nonce: 'x' }), state: 's' })],
  ['no nonce', answer({ id_token: token({}), state: 's' })],
  ['no token', answer({ id_token: 'no', state: 's' })],
])('takes nothing from %s', (_name, said) => {
  expect(googleIdToken(said, secrets)).toBeNull();
});
