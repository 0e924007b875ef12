/** Proves that an answer belongs to its question: random, and used once. */
export interface GoogleSecrets {
  readonly state: string;
  readonly nonce: string;
}

interface GoogleQuestion extends GoogleSecrets {
  readonly clientId: string;
  /** The address to which the browser answers this extension alone. */
  readonly redirectUri: string;
}

/** Where Google asks who somebody is. It answers in the fragment of the redirect's address, which no server sees. */
export const googleUrl = ({ clientId, redirectUri, state, nonce }: GoogleQuestion): string => {
  const url = new URL('https://accounts.google.com/o/oauth2/v2/auth');
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'id_token',
    scope: 'openid email',
    prompt: 'select_account',
    state,
    nonce,
  }).toString();
  return url.href;
};

/**
 * The ID token of an answer. Null when the user refused, or when the answer belongs to another question: then somebody
 * else's account would be signed in. Firebase verifies the token itself.
 */
export const googleIdToken = (answer: string, { state, nonce }: GoogleSecrets): string | null => {
  const fragment = new URLSearchParams(new URL(answer).hash.slice(1));
  const token = fragment.get('id_token');
  if (token === null || fragment.get('state') !== state) return null;
  return claimsOf(token)?.['nonce'] === nonce ? token : null;
};

const claimsOf = (token: string): Record<string, unknown> | null => {
  const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/');
  try {
    return JSON.parse(atob(payload ?? '')) as Record<string, unknown>;
  } catch {
    return null;
  }
};
