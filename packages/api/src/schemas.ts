import { z } from 'zod';
import { errorCodes } from './errors.ts';
import { microseconds, Receipt } from './receipt.ts';

/** Longest text of one call, in UTF-16 code units: about 35 pages. Longer documents are sent in parts. */
const MAX_TEXT_CHARS = 100_000;
const MAX_QUERY_CHARS = 1_000;
const MAX_TEXTS = 64;
const MAX_MARKS = 50;

const textOf = (maxChars: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(maxChars, `must have at most ${maxChars} characters`)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode: it has a lone surrogate')
    .refine((text) => !text.includes('\0'), 'must not contain null bytes')
    .refine((text) => text.trim() !== '', 'must not be blank');

const count = z.int().min(1).max(MAX_MARKS).default(5);
/** Name and version of the model: results of different models must not be compared. */
const model = z.string();

/** A stretch of the caller's text: `text.slice(start, end)` in JavaScript is exactly `mark.text`. */
const Mark = z.strictObject({
  text: z.string(),
  start: z.int().nonnegative(),
  end: z.int().positive(),
  /** Cosine similarity, −1 to 1. */
  score: z.number(),
});

export const HighlightsInput = z.strictObject({
  text: textOf(MAX_TEXT_CHARS),
  count,
  /** 0: only relevance counts. 1: marks are as different from each other as can be. */
  diversity: z.number().min(0).max(1).default(0.3),
});
export const HighlightsOutput = z.strictObject({
  model,
  /** In the order of the text. */
  highlights: z.array(Mark),
  /** How many sentences the text has. */
  sentences: z.int().nonnegative(),
  receipt: Receipt,
});

const seq = z.int().nonnegative();
/** What becomes of a page that is read in parts. The last event is `done` or `error`. */
export const HighlightsEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), seq, runId: z.uuid(), parts: z.int().positive() }),
  /** Key sentences of one part, in the order of the text; `part` counts from 0. */
  z.strictObject({
    type: z.literal('part'),
    seq,
    part: z.int().nonnegative(),
    /** Where the part ends in the text: so far it has been read. */
    end: z.int().positive(),
    /** How many sentences the part has. */
    sentences: z.int().nonnegative(),
    highlights: z.array(Mark),
  }),
  /** Those of all parts that score best, in the order of the text. */
  z.strictObject({
    type: z.literal('done'),
    seq,
    model,
    highlights: z.array(Mark),
    sentences: z.int().nonnegative(),
    receipt: Receipt,
  }),
  z.strictObject({
    type: z.literal('error'),
    seq,
    code: z.enum(errorCodes),
    message: z.string(),
    field: z.string().optional(),
    retryAfterMs: z.int().nonnegative().optional(),
    reference: z.string().optional(),
  }),
]);
export type HighlightsEvent = z.output<typeof HighlightsEvent>;

export const SearchInput = z.strictObject({ query: textOf(MAX_QUERY_CHARS), text: textOf(MAX_TEXT_CHARS), count });
export const SearchOutput = z.strictObject({
  model,
  /** Best first. */
  passages: z.array(Mark),
  sentences: z.int().nonnegative(),
  receipt: Receipt,
});

export const EmbeddingsInput = z.strictObject({
  texts: z.array(textOf(MAX_TEXT_CHARS)).min(1, 'must not be empty').max(MAX_TEXTS, `must have at most ${MAX_TEXTS} texts`),
});
export const EmbeddingsOutput = z.strictObject({
  model,
  /** One vector of length 1 a text. */
  embeddings: z.array(z.array(z.number())),
  receipt: Receipt,
});

export const AccountOutput = z.strictObject({ uid: z.string(), plan: z.string(), anonymous: z.boolean() });

export const QuotaOutput = z.strictObject({
  plan: z.string(),
  computeDay: z.strictObject({
    limitUs: microseconds,
    usedUs: microseconds,
    /** Held by runs in flight. */
    heldUs: microseconds,
    remainingUs: microseconds,
    resetsAt: z.iso.datetime(),
  }),
  requestsPerMinute: z.int().positive(),
  concurrent: z.strictObject({ limit: z.int().positive(), running: z.int().nonnegative() }),
});

export const QuoteInput = z.strictObject({
  procedure: z.enum(['highlights.run', 'highlights.stream', 'search.run', 'embeddings.run']),
  /** Characters of all texts of the call. */
  chars: z
    .int()
    .min(1)
    .max(MAX_TEXTS * MAX_TEXT_CHARS),
  /** Sentences of all texts; one a hundred characters is assumed where it is absent. */
  sentences: z
    .int()
    .min(1)
    .max(MAX_TEXTS * MAX_TEXT_CHARS)
    .optional(),
});
export const QuoteOutput = z.strictObject({
  p50Us: microseconds,
  p95Us: microseconds,
  p50MicroUsd: z.int().nonnegative(),
  p95MicroUsd: z.int().nonnegative(),
  secondsP50: z.number().nonnegative(),
  /** 0: nothing is known of this size yet, and the amounts are the worst case. */
  learnedFromRuns: z.int().nonnegative(),
  remainingUs: microseconds,
  resetsAt: z.iso.datetime(),
  /** Whether a run of this cost would be admitted by the day's budget. */
  fits: z.boolean(),
});

/** The server's own record of a user. */
export const AccountRecord = z.strictObject({
  /** Null: the plan that the config gives to users of this kind. */
  plan: z.string().min(1).nullable(),
  blocked: z.boolean(),
});
export const UserInput = z.strictObject({ uid: z.string().min(1).max(128) });
export const SetAccountInput = AccountRecord.extend(UserInput.shape);
export const KillSwitch = z.strictObject({ on: z.boolean() });

const nullableAmount = z.int().nonnegative().nullable();
/** A run as it is kept: what it cost, never what it was about. */
export const KeptRun = z.strictObject({
  runId: z.uuid(),
  procedure: z.string(),
  state: z.enum(['held', 'settled', 'released', 'expired']),
  createdAt: z.iso.datetime(),
  computeUs: nullableAmount,
  userUs: nullableAmount,
  capMicroUsd: nullableAmount,
  priceAsOf: z.iso.date().nullable(),
});
export const AccountExportOutput = z.strictObject({
  account: AccountRecord,
  usage: z.array(
    z.strictObject({
      day: z.iso.date(),
      procedure: z.string(),
      runs: z.int(),
      computeUs: microseconds,
      userUs: microseconds,
      microUsd: z.int().nonnegative(),
    }),
  ),
  runs: z.array(KeptRun),
  windows: z.array(
    z.strictObject({ scope: z.string(), window: z.int(), settled: z.int().nonnegative(), held: z.int().nonnegative() }),
  ),
});

export const AccountDeletionOutput = z.strictObject({ deleted: z.literal(true) });
