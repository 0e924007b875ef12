import { GoogleAuth, type IdTokenClient } from 'google-auth-library';

/**
 * The header with which Cloud Run lets this server's service account through to the model: an ID token for `audience`, from
 * the metadata server or from a key file, kept by the library until shortly before it ends. Rejects when there is none.
 */
export function googleIdToken({ audience }: { audience: string }): () => Promise<Record<string, string>> {
  const auth = new GoogleAuth();
  let made: Promise<IdTokenClient> | undefined;
  return async () => {
    made ??= auth.getIdTokenClient(audience);
    const client = await made.catch((error: unknown) => {
      // The metadata server may have been late, so the next call asks again.
      made = undefined;
      throw error;
    });
    const authorization = (await client.getRequestHeaders(audience)).get('authorization');
    if (authorization === null) throw new Error('Google gave no ID token');
    return { authorization };
  };
}
