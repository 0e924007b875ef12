import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, configPath, failureOf, post } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
const ann = { email: 'ann@example.com', password: 'correct horse' };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { TWOHOP_CONFIG: configPath('tight') } });
});
afterAll(() => stack?.stop());

describe('a signed-in user', () => {
  it('200: key sentences whose offsets cut the exact text, with a receipt', async () => {
    const session = await stack.signUp(ann);
    const twohop = clientOf(stack.urls.server, session);
    const { highlights, sentences, receipt, model } = await twohop.highlights.run.mutate({ text: text.slice(0, 2_000) });
    expect(highlights.length).toBeGreaterThanOrEqual(3);
    for (const { text: sentence, start, end } of highlights) expect(text.slice(start, end)).toBe(sentence);
    expect(sentences).toBeGreaterThan(5);
    expect(model).toMatch(/MiniLM/);
    expect(receipt.computeUs).toBeGreaterThan(0);
    expect(receipt.remainingUs).toBe(3_005_000 - receipt.computeUs);
    expect(receipt.priceMicroUsd).toBe(Math.ceil(receipt.computeUs / 1_000));
    expect(await twohop.account.me.query()).toEqual({ uid: session.uid, plan: 'free', anonymous: false });

    // What is left no longer holds the worst case of a run of a size that nobody has seen yet.
    const error = await failureOf(twohop.highlights.run.mutate({ text: text.slice(0, 500) }));
    expect(error).toMatchObject({ code: 'limit.quota', fault: { limit: 'user-day' } });
    expect(Date.parse(error.resetsAt ?? '')).toBeGreaterThan(Date.now());
    const { computeDay } = await twohop.account.quota.query();
    expect(computeDay).toMatchObject({ usedUs: receipt.computeUs, heldUs: 0, remainingUs: receipt.remainingUs });
  });

  it('200: finds by meaning, and embeds; offsets count as JavaScript counts', async () => {
    const page = 'Das Wetter ist gut. 👩‍👩‍👧 A cat sleeps on the sofa. Les impôts augmentent.';
    const owner = clientOf(stack.urls.server, await stack.signUp());
    const { passages } = await owner.search.run.mutate({ query: 'a pet is resting', text: page, count: 1 });
    expect(passages[0]?.text).toContain('A cat sleeps on the sofa.');
    expect(page.slice(passages[0]?.start, passages[0]?.end)).toBe(passages[0]?.text);
    const { embeddings } = await owner.embeddings.run.mutate({
      texts: ['A man is eating food.', 'A man is eating a piece of bread.'],
    });
    const [first = [], second = []] = embeddings;
    expect(first.reduce((sum, value, index) => sum + value * (second[index] ?? 0), 0)).toBeCloseTo(0.755, 2);
  });
});

describe('refused, by status', () => {
  it('401 without a token', async () => {
    const reply = await post(stack.urls.server, '{"text":"x"}');
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ error: { data: { twohop: { code: 'auth.missing' } } } });
  });

  it('402 over the budget on the wire', async () => {
    const session = await stack.signUp({ ...ann, email: 'bob@example.com' });
    const authorization = { authorization: `Bearer ${session.idToken}` };
    expect((await post(stack.urls.server, JSON.stringify({ text: text.slice(0, 1_000) }), authorization)).status).toBe(200);
    const reply = await post(stack.urls.server, JSON.stringify({ text: 'Too short a text to be known.' }), authorization);
    expect(reply.status).toBe(402);
    expect(((await reply.json()) as { error: { data: { twohop: object } } }).error.data.twohop).toHaveProperty('resetsAt');
  });

  it('429 over the rate, with Retry-After', async () => {
    const { idToken } = await stack.signUp();
    const ask = () => fetch(`${stack.urls.trpc}/account.me`, { headers: { authorization: `Bearer ${idToken}` } });
    const statuses = [await ask(), await ask(), await ask()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
    const reply = await ask();
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('401 at the model’s own port without its key, and with a wrong one', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${stack.urls.ml}/v1/highlights`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ text: 'A sentence.' }),
      });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ 'x-api-key': 'wrong' })).status).toBe(401);
    expect((await ask({ 'x-api-key': stack.mlKey })).status).toBe(200);
  });
});

describe('a bad input names its field, and nothing is charged', () => {
  const valid = (value: object) => JSON.stringify(value);
  it.each<[string, BodyInit, number, string, string]>([
    ['empty text', valid({ text: '' }), 400, 'input.invalid', 'text'],
    ['1 MB of text', valid({ text: 'word '.repeat(200_000) }), 413, 'input.too_large', 'text'],
    ['3 MB of text', valid({ text: 'word '.repeat(600_000) }), 413, 'input.too_large', 'body'],
    ['invalid UTF-8', new Uint8Array([...Buffer.from('{"text":"'), 0xff, ...Buffer.from('"}')]), 400, 'input.invalid', 'body'],
    ['a lone surrogate', '{"text":"a\\ud800b"}', 400, 'input.invalid', 'text'],
    ['null bytes', '{"text":"a\\u0000b"}', 400, 'input.invalid', 'text'],
    ['an unknown field', valid({ text: 'A sentence.', colour: 'red' }), 400, 'input.invalid', 'colour'],
    ['no JSON', '{"text":', 400, 'input.invalid', 'body'],
  ])('%s', async (_name, body, status, code, field) => {
    const session = await stack.signUp({ ...ann, email: `${crypto.randomUUID()}@example.com` });
    const reply = await post(stack.urls.server, body, { authorization: `Bearer ${session.idToken}` });
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error: { data: { twohop: { code, field } } } });
    const { computeDay } = await clientOf(stack.urls.server, session).account.quota.query();
    expect(computeDay).toMatchObject({ usedUs: 0, heldUs: 0, remainingUs: 3_005_000 });
  });
});

describe('with the model down', () => {
  it('503, nothing is charged, and it works again when the model is back', async () => {
    const session = await stack.signUp({ ...ann, email: 'eve@example.com' });
    await stack.kill('ml');
    const reply = await post(stack.urls.server, JSON.stringify({ text: 'A sentence.' }), {
      authorization: `Bearer ${session.idToken}`,
    });
    expect(reply.status).toBe(503);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    const twohop = clientOf(stack.urls.server, session);
    expect((await twohop.account.quota.query()).computeDay).toMatchObject({ usedUs: 0, heldUs: 0 });
    await stack.restart('ml');
    expect((await twohop.highlights.run.mutate({ text: 'A sentence.' })).receipt.computeUs).toBeGreaterThan(0);
  });
});
