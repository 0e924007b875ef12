/** A secret in one place of a request: whoever writes it anywhere is found out by its name. */
export interface Canary {
  readonly place: string;
  readonly secret: string;
}

export interface Flight {
  readonly canaries: readonly Canary[];
  /** Heads and bodies of all that came back. */
  readonly replies: readonly string[];
}

export interface Nest {
  /** The server. */
  readonly url: string;
  /** The model's own port, and its key. */
  readonly ml: { readonly url: string; readonly key: string };
  /** A sound token of a user of its own, with these claims on top. */
  token(claims: object): Promise<string>;
}

const HEADERS = [
  'accept',
  'accept-language',
  'cookie',
  'forwarded',
  'idempotency-key',
  'origin',
  'referer',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-api-key',
  'x-client-version',
  'x-firebase-appcheck',
  'x-forwarded-for',
  'x-request-id',
] as const;

/** Sends a secret in every header, query, path, body and failure there is, each in a request that really gets there. */
export async function flyThrough({ url, ml, token }: Nest): Promise<Flight> {
  const canaries: Canary[] = [];
  const replies: string[] = [];
  const secretOf = (place: string): string => {
    const secret = `canary${crypto.randomUUID().replaceAll('-', '')}`;
    canaries.push({ place, secret });
    return secret;
  };
  const send = async (path: string, init: RequestInit = {}, base = url): Promise<void> => {
    const reply = await fetch(`${base}${path}`, init);
    replies.push(JSON.stringify([...reply.headers]), await reply.text());
  };
  const json = { 'content-type': 'application/json' };
  const signedIn = async (claims: object = {}) => ({ ...json, authorization: `Bearer ${await token(claims)}` });
  const post = async (path: string, body: string, headers: Record<string, string> = {}) =>
    send(path, { method: 'POST', body, headers: { ...(await signedIn()), ...headers } });

  for (const header of HEADERS) {
    const headers = { [header]: secretOf(`header ${header}`) };
    await send('/trpc/account.me', { headers: { ...(await signedIn()), ...headers } });
    await send('/nowhere', { headers });
  }
  await send('/trpc/account.me', { headers: { authorization: `Bearer ${secretOf('token')}` } });
  await send('/trpc/account.me', { headers: { authorization: secretOf('header authorization') } });
  await send('/trpc/account.quota', {
    headers: await signedIn({ email: `${secretOf('claim email')}@x.example`, name: secretOf('claim') }),
  });
  await send(`/trpc/account.me?input=${secretOf('query input')}&${secretOf('query name')}=1`, { headers: await signedIn() });
  await send(`/${secretOf('path')}`);
  await send(`/trpc/${secretOf('procedure')}`, { headers: await signedIn() });
  await send(`/trpc/account.me,${secretOf('procedure of a batch')}?batch=1`, { headers: await signedIn() });
  await post('/trpc/embeddings.run', JSON.stringify({ texts: [`The word ${secretOf('text of a run')} is answered.`] }));
  await post('/trpc/highlights.run', JSON.stringify({ text: 'A sentence.', count: secretOf('value of a wrong type') }));
  await post('/trpc/highlights.run', `{"text":"${secretOf('broken JSON')}`);
  await post('/trpc/highlights.run', secretOf('no JSON'));
  await post('/trpc/highlights.run', `{"__proto__":"${secretOf('prototype')}"}`);
  await post('/trpc/highlights.run', JSON.stringify({ text: `${secretOf('lone surrogate')}\ud800` }));
  await post('/trpc/highlights.run', JSON.stringify({ text: `${secretOf('too large')}${'x'.repeat(3_000_000)}` }));
  await post('/trpc/highlights.run', secretOf('form'), { 'content-type': `text/plain; a=${secretOf('header content-type')}` });
  const key = { ...json, 'x-api-key': ml.key };
  const model = (path: string, body: string, headers: Record<string, string>) =>
    send(path, { method: 'POST', body, headers }, ml.url);
  await model('/v1/highlights', `{"text":"${secretOf('model, broken JSON')}`, key);
  await model('/v1/highlights', JSON.stringify({ text: [secretOf('model, wrong type')] }), key);
  await model(`/v1/${secretOf('model, path')}?a=${secretOf('model, query')}`, '{}', key);
  for (const header of ['x-request-id', 'traceparent', 'x-deadline-ms', 'user-agent'])
    await model('/v1/embeddings', '{"texts":["A cat."]}', { ...key, [header]: secretOf(`model, header ${header}`) });
  await model('/v1/highlights', '{}', { ...json, 'x-api-key': secretOf('model, key') });
  return { canaries, replies };
}

/** The places whose secret stands in one of the texts. */
export const leaked = (canaries: readonly Canary[], texts: readonly string[]): string[] =>
  canaries.filter(({ secret }) => texts.some((text) => text.includes(secret))).map(({ place }) => place);
