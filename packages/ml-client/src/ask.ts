/** 64 vectors of 1 536 dimensions take two of these. */
export const MAX_REPLY_BYTES = 8 * 1024 * 1024;

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

/** One request to the model, by whatever HTTP the runtime has. Redirects are not followed. */
export type Ask = (asking: Asking) => Asked;

export const isGood = ({ status }: Pick<HttpReply, 'status'>): boolean => status >= 200 && status < 300;

/** Null: it is absent. One that came twice is both. */
export function headerOf({ headers }: Pick<HttpReply, 'headers'>, name: string): string | null {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}
