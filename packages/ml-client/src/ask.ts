import type { Pool } from 'undici';

/** 64 vectors of 1 536 dimensions take two of these. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

const utf8 = new TextDecoder();

/** A reply, read to its end. `text` undefined: more bytes than any reply has. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string | undefined;
}

export interface Asking {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Asked {
  /** Rejects when no whole reply came. */
  readonly reply: Promise<HttpReply>;
  /** The head of a good reply has arrived. */
  hasBegun(): boolean;
  /** Gives up at once, and closes the connection unless the reply is complete. */
  cut(reason: Error): void;
}

/**
 * One request. It goes to undici's dispatcher itself: a reply that is read whole needs no stream, and `fetch` with its requests,
 * headers and signals of the web costs several times what the exchange does. Redirects are not followed.
 */
export function ask(pool: Pool, asking: Asking): Asked {
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
}

export const isGood = ({ status }: Pick<HttpReply, 'status'>): boolean => status >= 200 && status < 300;

/** Null: it is absent. One that came twice is both. */
export function headerOf({ headers }: Pick<HttpReply, 'headers'>, name: string): string | null {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}
