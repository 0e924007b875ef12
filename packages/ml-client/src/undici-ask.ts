import { Pool } from 'undici';
import { type Ask, type HttpReply, isGood, MAX_REPLY_BYTES } from './ask.ts';

const utf8 = new TextDecoder();

/**
 * By undici's dispatcher itself: a reply that is read whole needs no stream, and `fetch` with its requests, headers and signals
 * of the web costs several times what the exchange does.
 */
export function undiciAsk(url: string): Ask {
  // Times are the caller's: a call's own deadline, whatever it is.
  const pool = new Pool(new URL(url).origin, { headersTimeout: 0, bodyTimeout: 0 });
  return (asking) => {
    const { promise: reply, resolve, reject } = Promise.withResolvers<HttpReply>();
    const chunks: Buffer[] = [];
    let bytes = 0;
    let head: Pick<HttpReply, 'status' | 'headers'> = { status: 0, headers: {} };
    let abort: ((reason: Error) => void) | undefined;
    let given: Error | undefined;
    const cut = (reason: Error) => {
      given = reason;
      reject(reason);
      abort?.(reason);
    };
    pool.dispatch(asking, {
      onRequestStart: (controller) => {
        abort = (reason) => controller.abort(reason);
        if (given) abort(given);
      },
      // Statuses below 200 announce another one.
      onResponseStart: (_controller, status, headers) => void (status >= 200 && (head = { status, headers })),
      onResponseData: (_controller, chunk) => {
        bytes += chunk.byteLength;
        if (bytes <= MAX_REPLY_BYTES) return void chunks.push(chunk);
        resolve({ ...head, text: undefined });
        cut(new Error('the reply is too long'));
      },
      onResponseEnd: () => resolve({ ...head, text: utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) }),
      onResponseError: (_controller, error) => reject(error),
    });
    return { reply, hasBegun: () => isGood(head), cut };
  };
}
