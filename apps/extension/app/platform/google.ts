import { googleIdToken, googleUrl } from '../core/google.ts';
import type { GoogleClients } from '../core/settings.ts';

/** What Google gives for an account: either proves it to Firebase. */
export type GoogleProof = { readonly idToken: string } | { readonly accessToken: string };

/** Lets the user choose a Google account. Null when they close the window. */
export const askGoogle = async ({ webId }: GoogleClients): Promise<GoogleProof | null> => {
  // Typed as always there: Firefox has none, and Chrome's works for a client of the manifest only.
  const own = chrome.identity.getAuthToken as typeof chrome.identity.getAuthToken | undefined;
  if (own && chrome.runtime.getManifest().oauth2) {
    const token = await chrome.identity.getAuthToken({ interactive: true }).catch(() => null);
    return token?.token === undefined ? null : { accessToken: token.token };
  }
  const secrets = { state: crypto.randomUUID(), nonce: crypto.randomUUID() };
  const url = googleUrl({ clientId: webId, redirectUri: chrome.identity.getRedirectURL(), ...secrets });
  const answer = await chrome.identity.launchWebAuthFlow({ url, interactive: true }).catch(() => null);
  const idToken = answer === null || answer === undefined ? null : googleIdToken(answer, secrets);
  return idToken === null ? null : { idToken };
};
