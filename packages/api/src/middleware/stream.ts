import { TRPCError } from '@trpc/server';
import { Fault, faultOf } from '../fault.ts';
import type { Asked } from '../ports.ts';
import { HighlightsEvent } from '../schemas.ts';
import { audienceOf } from './audience.ts';
import { eventLog, isLast, type Unnumbered } from './event-log.ts';
import { type Page, type PageRecord, type PartMarks, produce } from './produce.ts';
import { lookAgain, replay } from './replay.ts';
import { askedOf, type Caller, denialFault, hold, type Metered } from './reserve.ts';
import type { Held } from './spend.ts';

export type Events = AsyncGenerator<HighlightsEvent, void>;

/** How often a log that another connection or another process writes is read. */
const READ_EVERY_MS = 250;

/**
 * A run whose answer comes in events. It is refused before its first event, or it is admitted once and goes on without the
 * connection that began it: whoever comes again with the same key reads all of its events, and pays nothing more.
 */
export async function withStream(caller: Caller, metered: Metered, page: Page): Promise<Events> {
  const { deps, principal } = caller;
  if (!principal.recordKnown) throw new Fault('limit.store_down', { retryAfterMs: 1_000 });
  const asked = askedOf(caller, metered);
  const log = await deps.results.eventsOf(asked, 0);
  if (log && log.input !== asked.input) throw new Fault('run.conflict', { field: 'idempotency-key' });
  // One that failed has given its key back: this is a new run.
  const hasFailed = log?.events.some(({ type }) => type === 'error') ?? false;
  if (log && !hasFailed) return attached(caller, asked);
  const known = hasFailed ? undefined : await replay(caller, asked);
  if (known) return replayed(known as PageRecord);
  const reservation = await hold(caller, asked, metered);
  switch (reservation.kind) {
    case 'admitted':
      return begun(caller, asked, { held: reservation, page });
    case 'denied':
      throw denialFault(reservation.denial, deps.nowMs());
    case 'conflict':
      throw new Fault('run.conflict', { field: 'idempotency-key' });
    case 'running':
      return attached(caller, asked, reservation.runId);
    case 'settled':
      return replayed((await lookAgain(caller, asked, reservation.runId)) as PageRecord);
  }
}

/** The producer runs by itself: a reader that leaves does not end it, and its own end is in the log. */
function begun(caller: Caller, asked: Asked, { held, page }: { held: Held; page: Page }): Events {
  const { deps, request } = caller;
  const log = eventLog((event) => deps.results.append(asked, event));
  log.add({ type: 'start', runId: held.run.runId, parts: page.parts });
  const onPart = (part: number, marks: PartMarks) => log.add(partEvent(part, marks));
  const output = produce(caller, { held, page, audience: audienceOf(caller, asked), onPart });
  deps.results.keep(asked, output);
  void output.then((record) => log.add(doneEvent(record))).catch((error: unknown) => log.add(failed(caller, error)));
  return log.read(request.signal);
}

/** What a client may know of the failure. A bug's cause stands in the log and nowhere else. */
function failed({ deps, request }: Caller, cause: unknown): Unnumbered {
  const error = cause instanceof TRPCError ? cause : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });
  const { code, message, field, retryAfterMs, reference } = faultOf(error, request.id);
  if (code === 'internal.bug') deps.log.error({ err: cause, reqId: request.id }, 'bug');
  const told = { ...(field !== undefined && { field }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return { type: 'error', code, message, ...told, ...(reference !== undefined && { reference }) };
}

const partEvent = (part: number, { end, sentences, highlights }: PartMarks) =>
  ({ type: 'part', part, end, sentences, highlights }) as const;

const doneEvent = (record: PageRecord) => {
  const { parts: _, ...output } = record;
  return { type: 'done', ...output } as const;
};

/** What is kept of a page, as the events that it came in. */
async function* replayed(record: PageRecord): Events {
  const { parts, receipt } = record;
  yield { type: 'start', seq: 0, runId: receipt.runId, parts: parts.length };
  for (const [part, marks] of parts.entries()) yield { seq: part + 1, ...partEvent(part, marks) };
  yield { seq: parts.length + 1, ...doneEvent(record) };
}

/** Reads the log of a run that another connection began, here or in another process, from its first event. */
async function* attached(caller: Caller, asked: Asked, running?: string): Events {
  const { deps, request } = caller;
  let runId = running;
  let isOver = false;
  for (let next = 0; ;) {
    const log = await deps.results.eventsOf(asked, next);
    for (const event of (log?.events ?? []).map((each) => HighlightsEvent.parse(each))) {
      next = event.seq + 1;
      if (event.type === 'start') runId = event.runId;
      yield event;
      if (isLast(event)) return;
    }
    if (isOver) break;
    // Its process may have died; the last event may be on its way, so it is looked for once more.
    isOver = runId === undefined || (await deps.quota.runOf(runId))?.state !== 'held';
    const isHere = await deps.wait(READ_EVERY_MS, request.signal).then(
      () => true,
      () => false,
    );
    if (!isHere) return;
  }
  const gone = new Fault('run.result_gone', runId === undefined ? {} : { reference: runId });
  yield { seq: 0, ...failed(caller, gone) };
}
