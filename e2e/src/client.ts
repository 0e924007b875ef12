import { createTwohop, TwohopError } from '@twohop/sdk';
import type { Stack } from '@twohop/tooling/stack';

type Session = Awaited<ReturnType<Stack['signUp']>>;

export const configPath = (name: 'tight' | 'short-lease' | 'wide'): string =>
  new URL(`./configs/${name}.config.ts`, import.meta.url).pathname;

/** The SDK as a client uses it, signed in with a session of the Auth emulator. */
export const clientOf = (url: string, session: Pick<Session, 'idToken'>) =>
  createTwohop({ url, getToken: async () => session.idToken });

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<TwohopError> {
  const result = await call.catch((error: unknown) => error);
  if (result instanceof TwohopError) return result;
  throw result instanceof Error ? result : new Error(`expected a failure, got ${JSON.stringify(result)}`);
}

/** One call below the SDK: what is really on the wire. */
export function post(url: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/trpc/highlights.run`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
