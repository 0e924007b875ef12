import { type Ask, type Asking, type HttpReply, isGood, MAX_REPLY_BYTES } from './ask.ts';

/** By the web's own `fetch`, for runtimes whose sockets are not Node's. */
export function fetchAsk(url: string): Ask {
  const { origin } = new URL(url);
  return ({ path, ...asking }) => {
    const given = new AbortController();
    let status = 0;
    const exchange = async (): Promise<HttpReply> => {
      const response = await sent(`${origin}${path}`, asking, given.signal);
      ({ status } = response);
      return { status, headers: Object.fromEntries(response.headers), text: await textOf(response) };
    };
    // A cut is known at once, also where the runtime is slow to let go.
    const cutOff = new Promise<never>((_resolve, reject) => {
      given.signal.addEventListener('abort', () => reject(given.signal.reason as Error), { once: true });
    });
    return {
      reply: Promise.race([exchange(), cutOff]),
      hasBegun: () => isGood({ status }),
      cut: (reason) => given.abort(reason),
    };
  };
}

/** What kept it from getting there stands in the cause of fetch's error, where the runtime tells it. */
async function sent(url: string, asking: Omit<Asking, 'path'>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { ...asking, redirect: 'manual', signal });
  } catch (error) {
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  }
}

async function textOf(response: Response): Promise<string | undefined> {
  const utf8 = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) return undefined;
    text += utf8.decode(chunk, { stream: true });
  }
  return text + utf8.decode();
}
