import { BODY_LIMIT_BYTES, BODY_WITHIN_MS } from './call-gate.ts';

/** A body that is not read to its end: it takes too long (408), or is too large (413). */
class BodyUnread extends Error {
  override readonly name = 'BodyUnread';
  readonly statusCode: 408 | 413;

  constructor(statusCode: 408 | 413) {
    super(`${statusCode}`);
    this.statusCode = statusCode;
  }
}

/** Its client has left in the middle. */
class BodyCut extends Error {
  override readonly name = 'BodyCut';
  readonly code = 'ECONNRESET';
}

/** All of a request's body, within the limits of bytes and time that Fastify keeps on Node. @throws BodyUnread, BodyCut */
export async function bodyOf({ headers, body }: Request): Promise<Buffer> {
  if (Number(headers.get('content-length')) > BODY_LIMIT_BYTES) throw new BodyUnread(413);
  if (!body) return Buffer.alloc(0);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLate.reject(new BodyUnread(408)), BODY_WITHIN_MS);
  try {
    const chunks: Uint8Array[] = [];
    for (let bytes = 0; ;) {
      const { done, value } = await Promise.race([reader.read(), tooLate.promise]);
      if (done) return Buffer.concat(chunks);
      bytes += value.byteLength;
      if (bytes > BODY_LIMIT_BYTES) throw new BodyUnread(413);
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw error instanceof BodyUnread ? error : new BodyCut('', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
