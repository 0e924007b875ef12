/** A signed-in user of the Auth emulator. */
export interface Session {
  readonly uid: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The emulator takes any key; real projects put their web API key here. */
const apiKey = 'emulator';

const post = async <T>(url: string, body: URLSearchParams | object): Promise<T> => {
  const form = body instanceof URLSearchParams;
  const response = await fetch(`${url}?key=${apiKey}`, {
    method: 'POST',
    headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' },
    body: form ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The Auth emulator refused ${url} with ${response.status}: ${await response.text()}`);
  // The emulator's replies are Google's published REST API.
  return (await response.json()) as T;
};

interface SignedIn {
  readonly localId: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

/**
 * Creates a user at the Auth emulator and signs them in: anonymous without credentials, else by e-mail and password.
 * @param authUrl for instance `http://127.0.0.1:9099`; the project is the one the emulator was started for
 */
export const signUp = async (authUrl: string, credentials?: Credentials): Promise<Session> => {
  const url = `${authUrl}/identitytoolkit.googleapis.com/v1/accounts:signUp`;
  const reply = await post<SignedIn>(url, { ...credentials, returnSecureToken: true });
  return { uid: reply.localId, idToken: reply.idToken, refreshToken: reply.refreshToken };
};

/** Signs an existing user in. */
export const signIn = async (authUrl: string, credentials: Credentials): Promise<Session> => {
  const url = `${authUrl}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword`;
  const reply = await post<SignedIn>(url, { ...credentials, returnSecureToken: true });
  return { uid: reply.localId, idToken: reply.idToken, refreshToken: reply.refreshToken };
};

interface Refreshed {
  readonly user_id: string;
  readonly id_token: string;
  readonly refresh_token: string;
}

/** A new ID token for the same session, as the client SDK gets one when the old one runs out. */
export const refreshSession = async (authUrl: string, session: Session): Promise<Session> => {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: session.refreshToken });
  const reply = await post<Refreshed>(`${authUrl}/securetoken.googleapis.com/v1/token`, body);
  return { uid: reply.user_id, idToken: reply.id_token, refreshToken: reply.refresh_token };
};
