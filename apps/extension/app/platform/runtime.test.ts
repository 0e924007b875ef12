import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failed } from '../core/failure.ts';
import { asking, serve } from './runtime.ts';

const origin = 'chrome-extension://own';
type Listener = (message: unknown, sender: object, reply: (value: unknown) => void) => boolean;

/** A runtime whose messages come from `sender`. */
function fakeRuntime(sender: object) {
  const listeners: Listener[] = [];
  const sendMessage = (message: unknown) =>
    new Promise((resolve) => {
      const awaited = listeners.some((listener) =>
        listener(structuredClone(message), sender, (value) => resolve(structuredClone(value))),
      );
      if (!awaited) resolve(undefined);
    });
  return {
    id: 'own',
    getURL: () => `${origin}/`,
    sendMessage,
    onMessage: { addListener: (listener: Listener) => listeners.push(listener) },
  };
}

const handlers = {
  double: async (value: number) => value * 2,
  token: async ({ refresh }: { refresh: boolean }) => (refresh ? 'new' : 'old'),
  refuse: async () => Promise.reject(new Failed({ code: 'limit.rate', retryAfterMs: 5 })),
  break: async () => Promise.reject(new TypeError('the secret is 42')),
};
const ask = asking<typeof handlers>();
const connect = (sender: object): void => {
  vi.stubGlobal('chrome', { runtime: fakeRuntime(sender) });
  serve(handlers);
};

beforeEach(() => connect({ id: 'own', origin }));
afterEach(() => vi.unstubAllGlobals());

it('carries a value there and back', async () => {
  expect(await ask('double', 21)).toBe(42);
  expect(await ask('token', { refresh: true })).toBe('new');
});

it('carries a failure with what its sentence needs', async () => {
  await expect(ask('refuse')).rejects.toMatchObject({ name: 'Failed', failure: { code: 'limit.rate', retryAfterMs: 5 } });
});

it('says nothing about an error that nobody foresaw', async () => {
  await expect(ask('break')).rejects.toMatchObject({ message: 'internal.bug', failure: { code: 'internal.bug' } });
});

it.each([
  ['a content script in a page', { id: 'own', origin: 'https://example.com' }],
  ['another extension', { id: 'other', origin: 'chrome-extension://other' }],
  ['nobody in particular', {}],
])('gives no token to %s', async (_name, sender) => {
  connect(sender);
  await expect(ask('token', { refresh: false })).rejects.toMatchObject({ failure: { code: 'internal.bug' } });
});

it.each(['toString', '__proto__', 'constructor', 'unknown'])('has no handler called %s', async (name) => {
  await expect(ask(name as 'double', 1)).rejects.toMatchObject({ failure: { code: 'internal.bug' } });
});
