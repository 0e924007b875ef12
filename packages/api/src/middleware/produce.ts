import type { Outcome } from '@twohop/quota';
import type { Place } from '../admission.ts';
import { Fault } from '../fault.ts';
import type { ModelCall, ModelReply } from '../ports.ts';
import type { HighlightsEvent } from '../schemas.ts';
import type { Step } from '../traces.ts';
import type { Audience } from './audience.ts';
import type { Caller } from './reserve.ts';
import { endings, type Held, modelFault, passageOf, turnOf, wireReceipt } from './spend.ts';

export type PageOutput = Omit<Extract<HighlightsEvent, { type: 'done' }>, 'type' | 'seq'>;
/** What the whole has; the marks' offsets are the page's. */
export type PageMarks = Omit<PageOutput, 'receipt'>;
export interface PartMarks extends PageMarks {
  /** Where the part ends in the page. */
  readonly end: number;
}
/** What is kept of a page: who asks for it again gets its parts again. */
export interface PageRecord extends PageOutput {
  readonly parts: readonly PartMarks[];
}

/** A page to be read in parts. */
export interface Page {
  readonly parts: number;
  read(part: number, call: ModelCall): Promise<ModelReply<PartMarks>>;
  whole(parts: readonly PartMarks[]): PageMarks;
}

interface Reading {
  readonly held: Held;
  readonly page: Page;
  readonly audience: Audience;
  readonly onPart: (part: number, marks: PartMarks) => void;
}

/** What the parts have used so far; null when one of them said nothing that can be read. */
interface Used {
  dispatched: boolean;
  us: number | null;
  failedUs: number | null;
  ended: Outcome['ended'];
}

/**
 * Reads a page within one hold: its parts share the run's deadline, and what they used is settled once, however it ends. A part
 * is begun only while somebody listens; when nobody will any more, the one in the model is cancelled.
 *
 * @throws Fault when it has no result: what ran is settled by then
 */
export async function produce(caller: Caller, reading: Reading): Promise<PageRecord> {
  const { held, page, audience } = reading;
  const { run } = held;
  const { nowMs, traces } = caller.deps;
  const startMs = nowMs();
  const endsMs = startMs + run.deadlineMs;
  const used: Used = { dispatched: false, us: 0, failedUs: 0, ended: 'failed' };
  const settle = (ended: Outcome['ended']) => {
    const wallUs = Math.ceil((nowMs() - startMs) * 1000);
    return traces.step('settle', () => run.settle({ ended, reportUs: used.us, failedUs: used.failedUs, wallUs }));
  };
  try {
    const parts: PartMarks[] = [];
    for (let part = 0; part < page.parts; part += 1) {
      await audience.present();
      const place = part === 0 ? held.place : await turn(caller, reading, endsMs);
      parts.push(await readPart(caller, { ...reading, part, place, used, endsMs }));
    }
    const whole = page.whole(parts);
    return { ...whole, parts, receipt: wireReceipt(await settle('ok')) };
  } catch (error) {
    // A second settlement changes nothing, so it does no harm after the first.
    await (used.dispatched ? settle(used.ended) : run.release());
    throw error;
  } finally {
    audience.close();
  }
}

/** How often a part asks for room while there is none. */
const ASK_EVERY_MS = 250;

/** Room for the next part: a page takes turns with everybody else's runs, and gives up when its time is over or nobody listens. */
async function turn({ deps, principal }: Caller, { audience }: Reading, endsMs: number): Promise<Place | null> {
  for (;;) {
    const place = await deps.admission.enter(principal.owner);
    if (place || audience.gone.aborted || deps.nowMs() >= endsMs) return place;
    await deps.wait(ASK_EVERY_MS, audience.gone).catch(() => undefined);
  }
}

interface PartReading extends Reading {
  readonly part: number;
  /** Null: there was no room until the end. */
  readonly place: Place | null;
  readonly used: Used;
  readonly endsMs: number;
}

async function readPart(caller: Caller, reading: PartReading): Promise<PartMarks> {
  const { held, page, audience, onPart, part, place, used, endsMs } = reading;
  let passage: ReturnType<typeof passageOf> = null;
  try {
    const deadlineMs = Math.floor(endsMs - caller.deps.nowMs());
    if (audience.gone.aborted) return left(used, audience);
    if (!place || deadlineMs < 1) return stop(used, 'timeout', new Fault('upstream.timeout'));
    const call = { runId: held.run.runId, userKey: turnOf(caller), deadlineMs, signal: audience.gone };
    const ask: Step<ModelReply<PartMarks>> = (traceparent) => page.read(part, { ...call, traceparent });
    const reply = await caller.deps.traces.step('model', ask).catch((bug: unknown) => {
      // A port that throws has broken its promise, and nobody knows what ran.
      Object.assign(used, { dispatched: true, us: null });
      throw bug;
    });
    passage = passageOf(reply);
    count(used, reply);
    if (!reply.ok && audience.gone.reason instanceof Fault) return left(used, audience);
    if (!reply.ok) return stop(used, endings[reply.failure.code] ?? 'failed', modelFault(reply.failure));
    onPart(part, reply.body);
    return reply.body;
  } finally {
    place?.leave(passage);
  }
}

/** Who left pays for what ran; whom this process leaves, by ending, does not. */
function left(used: Used, { gone }: Audience): never {
  if (gone.reason instanceof Fault) return stop(used, 'failed', gone.reason);
  return stop(used, 'cancelled', new Fault('request.cancelled'));
}

function stop(used: Used, ended: Outcome['ended'], error: Error): never {
  used.ended = ended;
  throw error;
}

function count(used: Used, reply: ModelReply<PartMarks>): void {
  if (!reply.ok && !reply.failure.dispatched) return;
  used.dispatched = true;
  used.us = sum(used.us, reply.ok ? reply.computeUs : reply.failure.computeUs);
  if (reply.ok && reply.failedUs !== undefined) used.failedUs = sum(used.failedUs, reply.failedUs);
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
