import { Failed, type Failure, toFailure } from '../core/failure.ts';

/** Functions by name: what the worker does for the extension's own pages. One plain value in, one plain value out. */
export type Handlers = Record<string, (input: never) => Promise<unknown>>;

type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: Failure };
interface Message {
  readonly name: string;
  readonly input: unknown;
}

/** Answers the pages. To be called in the worker's first turn: a listener added later misses the message that woke it. */
export const serve = (handlers: Handlers): void => {
  chrome.runtime.onMessage.addListener((message: Message, sender, reply: (reply: Reply) => void) => {
    // A content script shares its process with the page it runs in: it must never be given a token.
    if (sender.id !== chrome.runtime.id || `${sender.origin}/` !== chrome.runtime.getURL('')) return false;
    const handler = Object.hasOwn(handlers, message.name) ? handlers[message.name] : undefined;
    if (!handler) return false;
    handler(message.input as never).then(
      (value) => reply({ ok: true, value }),
      (error: unknown) => reply({ ok: false, failure: toFailure(error) }),
    );
    // Keeps the channel open, and with it the worker alive, until the reply.
    return true;
  });
};

type Input<H extends Handlers, N extends keyof H> = Parameters<H[N]>;
type Output<H extends Handlers, N extends keyof H> = Awaited<ReturnType<H[N]>>;

/** Asks the worker. Rejects with `Failed`, also when the worker can't be reached. */
export const asking =
  <H extends Handlers>() =>
  async <N extends keyof H & string>(name: N, ...[input]: Input<H, N>): Promise<Output<H, N>> => {
    const reply: Reply | undefined = await chrome.runtime.sendMessage({ name, input: input ?? null });
    if (!reply) throw new Failed({ code: 'internal.bug' });
    if (!reply.ok) throw new Failed(reply.failure);
    return reply.value as Output<H, N>;
  };

const announcement = 'account-changed';

/** From the worker to all open views. */
export const announceAccount = (): void => {
  // Nobody listens when no view is open.
  chrome.runtime.sendMessage({ announcement }).catch(() => undefined);
};

/** Returns what ends it. */
export const onAccountChange = (look: () => void): (() => void) => {
  const listener = (message: { announcement?: unknown }): void => {
    if (message.announcement === announcement) look();
  };
  chrome.runtime.onMessage.addListener(listener);
  return () => chrome.runtime.onMessage.removeListener(listener);
};

/** Sent with each call: the server refuses versions it no longer serves. */
export const version = (): string => chrome.runtime.getManifest().version;

/** Shows the options page, in a tab of its own. */
export const openOptions = (): Promise<void> => chrome.runtime.openOptionsPage();

/** The text that shows when the pointer rests on the toolbar button. */
export const setToolbarTitle = (title: string): Promise<void> => chrome.action.setTitle({ title });
