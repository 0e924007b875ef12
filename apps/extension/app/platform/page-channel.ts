import {
  type PageCommand,
  type PageCommands,
  type PageState,
  type PageText,
  type Chunk,
  type PartMarks,
  type Reader,
  type RunEnd,
  type RunEvent,
  type RunRequest,
  runPort,
  viewPort,
} from '../core/page.ts';

/** A worker without a message for 30 seconds is ended, whatever it waits for. */
const beatMs = 20_000;
/** How often a chunk is asked for again after the worker was ended all the same. */
const attempts = 3;

/**
 * Has the worker send a chunk to the model. The key names the run: when the worker dies under it, the next one attaches to
 * the same run, which is told from its beginning. No part is told twice.
 */
export const askModel = async (chunk: Chunk, { onPart, signal }: Reader): Promise<RunEnd> => {
  const key = uuid();
  let read = 0;
  const onNew = (part: PartMarks): void => {
    if (part.end <= read) return;
    read = part.end;
    onPart(part);
  };
  for (let attempt = 1; attempt <= attempts && !signal.aborted; attempt += 1) {
    const end = await askOnce({ ...chunk, key }, { onPart: onNew, signal });
    if (end) return end;
  }
  return { ok: false, failure: { code: signal.aborted ? 'request.cancelled' : 'internal.bug' } };
};

/** Null when the worker died. */
const askOnce = (message: RunRequest, { onPart, signal }: Reader): Promise<RunEnd | null> =>
  new Promise((resolve) => {
    const port = connect();
    if (!port) return resolve({ ok: false, failure: { code: 'client.outdated' } });
    const beat = setInterval(() => port.postMessage(null), beatMs);
    const end = (how: RunEnd | null): void => {
      clearInterval(beat);
      signal.removeEventListener('abort', leave);
      port.disconnect();
      resolve(how);
    };
    const leave = () => end(null);
    signal.addEventListener('abort', leave);
    port.onMessage.addListener((event: RunEvent) => ('part' in event ? onPart(event.part) : end(event.end)));
    port.onDisconnect.addListener(() => end(null));
    port.postMessage(message);
  });

/** Null when the extension was updated under the page: this script then belongs to nobody. */
const connect = (): chrome.runtime.Port | null => {
  try {
    return chrome.runtime.connect({ name: runPort });
  } catch {
    return null;
  }
};

/** `crypto.randomUUID` exists on https alone, and pages have what protocol they like. */
const uuid = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
};

/** Handlers of all that the extension asks of a page. */
export type PageHandlers = { readonly [C in PageCommand]: (input: PageCommands[C]) => PageState | PageText };

/** Answers popup, panel and worker: the page itself has no way to send these messages. */
export const servePage = (handlers: PageHandlers): void => {
  chrome.runtime.onMessage.addListener((message: { name: PageCommand; input: never }, _sender, reply) => {
    if (Object.hasOwn(handlers, message.name)) reply(handlers[message.name](message.input));
  });
};

/** Tells each view that looks at this page its state, now and whenever `publish` is called. */
export const publishState = (state: () => PageState): (() => void) => {
  const views = new Set<chrome.runtime.Port>();
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== viewPort) return;
    views.add(port);
    port.onDisconnect.addListener(() => views.delete(port));
    port.postMessage(state());
  });
  return () => {
    for (const port of views) port.postMessage(state());
  };
};

/** A few characters on the toolbar button: where marks are made without a view, nothing else tells that they are. */
export const showOnButton = (badge: string): void => {
  // Fails when the extension was updated under the page, and then there is no button to write on.
  try {
    chrome.runtime.sendMessage({ badge }).catch(() => undefined);
  } catch {}
};
