import { destination, type DestinationStream, type Logger, pino } from 'pino';

/** Fields that must never be logged, should somebody log what holds them. */
const SECRET = ['authorization', 'token', 'idToken', 'cookie', 'x-api-key', 'key', 'text', 'texts', 'query', 'body', 'headers'];

/** A line a call written by itself would be a system call a call. */
const WRITTEN_BYTES = 4_096;
const WRITTEN_AFTER_MS = 100;

/**
 * Standard output, several lines at a time and without waiting for it. The rest is written when the process exits, however it
 * exits by itself, and with a fatal line; whoever kills it takes the last tenth of a second.
 */
const standardOutput = (): DestinationStream =>
  destination({ dest: 1, sync: false, minLength: WRITTEN_BYTES, periodicFlush: WRITTEN_AFTER_MS });

/** JSON lines on standard output. No line holds a token, an address or what a user sent. */
export function createLogger(level: string, to: DestinationStream = standardOutput()): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: errorWithoutInput },
    redact: { paths: SECRET.flatMap((field) => [`["${field}"]`, `*["${field}"]`]), censor: '…' },
  };
  return pino(options, to);
}

const MAX_CAUSES = 3;

/**
 * What an error may say in the log: its type, its place in our code, and its message without what stands in quotes. Libraries
 * quote the input that they could not read, and put it into fields of their own.
 */
function errorWithoutInput(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    message: withoutQuotes(error.message),
    ...(typeof code === 'string' && { code }),
    stack: (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: errorWithoutInput(cause, depth + 1) }),
  };
}

/** From the first to the last quote of a kind: what was quoted may have quotes of its own. */
const withoutQuotes = (message: string): string =>
  message
    .split('\n', 1)
    .join('')
    .replace(/"(?:.*"|.*$)/, '"…"')
    .replace(/'(?:.*'|.*$)/, "'…'")
    .replace(/`(?:.*`|.*$)/, '`…`')
    .slice(0, 300);
