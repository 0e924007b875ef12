const TIMEOUT_MS = 3_000;

/** JSON from a provider's endpoint. @throws Error on anything but a 2xx with JSON, in time and without a redirect */
export async function fetchJson(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await ask(url, headers);
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response.json();
}

/** One bounded request to a provider. A redirect is not followed, and is no 2xx: what is asked may carry a token. */
export const ask = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
