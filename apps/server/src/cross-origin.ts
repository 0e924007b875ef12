/** What a page of an allowed origin may send and read. */
export const crossOrigin = {
  allowedHeaders: [
    'authorization',
    'content-type',
    'idempotency-key',
    'traceparent',
    // Asks for a stream.
    'trpc-accept',
    'x-client-version',
    'x-firebase-appcheck',
  ],
  exposedHeaders: ['retry-after', 'server-timing', 'x-request-id'],
  maxAge: 7200,
};
