import { isUtf8 } from 'node:buffer';
import { appRouter, type Context, type ErrorCode, type Rates } from '@twohop/api';
import { BodyRefused, type HttpFault } from './http-fault.ts';
import { ipBucket } from './ip-bucket.ts';
import { jsonProblem } from './json-text.ts';
import { replyHead } from './reply-head.ts';

/** A text of 100 000 characters is at most 600 kB of escaped JSON. */
export const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
/** A body that takes longer to arrive is cut. */
export const BODY_WITHIN_MS = 10_000;

const MAX_BATCH = 8;

export interface AddressLimit {
  /** Counts addresses in this process: it spares the processor, and money is not counted here. */
  readonly ipRates: Rates;
  readonly ipRequestsPerMinute: number;
  /** Before any procedure ran. `from` is the bucket of the address, told where that is what was refused. */
  readonly refused: (code: ErrorCode, from?: string) => void;
}

interface Refusal {
  readonly fault: HttpFault;
  readonly refused: (code: ErrorCode) => void;
}

/** Turns away whoever asks too often, before anything is read of what is asked; null when the call may go on. */
export async function addressRefusal(
  address: string,
  { ipRates, ipRequestsPerMinute, refused }: AddressLimit,
): Promise<Refusal | null> {
  const from = ipBucket(address);
  const waitMs = await ipRates.take(`ip:${from}`, ipRequestsPerMinute);
  if (waitMs === null) return null;
  return { fault: { code: 'limit.ip', retryAfterMs: waitMs }, refused: (code) => refused(code, from) };
}

/** What is wrong with the input in an address, before any token is read; null when there is nothing, or none. */
export function inputFault(input: unknown): HttpFault | null {
  const problem = input === undefined ? null : typeof input === 'string' ? jsonProblem(input) : 'must come once';
  return problem === null ? null : { code: 'input.invalid', field: 'input', message: `input: ${problem}` };
}

/** The text of a body. tRPC parses it by itself, past the protection that a host's parser has. @throws BodyRefused */
export function bodyText(body: Buffer): string {
  const text = isUtf8(body) ? body.toString() : null;
  const problem = text === null ? 'must be valid UTF-8' : jsonProblem(text);
  if (problem !== null) throw new BodyRefused(problem);
  return text ?? '';
}

interface Answered {
  readonly ctx?: Context | undefined;
  readonly errors: readonly Parameters<typeof replyHead>[1][];
}

/** What each of tRPC's adapters is told. */
export const trpcOptions = (requestId: string) => ({
  router: appRouter,
  maxBatchSize: MAX_BATCH,
  responseMeta: ({ ctx, errors: [error] }: Answered) => {
    const { status, headers } = replyHead(ctx, error, requestId);
    return { headers: new Headers(headers), ...(error && { status }) };
  },
});
