import type { Claims, Clock, Quota, Spending } from '@twohop/quota';
import { type Condition, conditionsOf, type Facts, type Thresholds } from './conditions.ts';
import { deliver, type DeliverOptions, PATIENCE } from './deliver.ts';
import type { Message } from './message.ts';
import { type Notebook, notebook } from './notebook.ts';
import type { Observed } from './observed.ts';
import { pace } from './pace.ts';

export interface WatchOptions extends Omit<DeliverOptions, 'signal'> {
  readonly name: string;
  readonly thresholds: Thresholds;
  readonly keySinceMs: number | null;
  readonly spending: Quota['spending'];
  readonly claims: Claims;
  readonly observed: Observed;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Told what each look has seen. */
  readonly looked: (facts: Facts) => void;
}

/** An event as it was told. */
export interface ToldEvent {
  readonly atMs: number;
  readonly state: 'firing' | 'resolved';
  readonly condition: Condition;
}

export interface Watch {
  /** What is the matter by the last look, and what this process has told of late, the latest first. */
  state(): { readonly now: readonly Condition[]; readonly told: readonly ToldEvent[] };
  /** One look at everything. Resolves when what it found is on its way. */
  look(): Promise<void>;
  /** Ends what is still on its way. */
  close(): void;
}

/** Events of this time go into one message. */
const LOOK_EVERY_MS = 2_000;
const HISTORY_DAYS = 7;
/** Longer than a delivery may take: a process that dies meanwhile leaves the alert to the others. */
const LEASE_MS = PATIENCE.totalMs + 2 * 60_000;
/** After a delivery that failed for good: a receiver that refuses everything is not asked all the time. */
const FAILED_PAUSE_MS = 5 * 60_000;
const REMEMBERED = 50;

interface State extends WatchOptions {
  readonly holder: string;
  readonly notes: Notebook;
  readonly ending: AbortController;
  now: readonly Condition[];
  told: readonly ToldEvent[];
}

/** Looks at what is the matter and tells each event once, whichever of the processes that share a ledger sees it first. */
export function watch(options: WatchOptions): Watch {
  const state: State = {
    ...options,
    holder: options.newId(),
    notes: notebook(),
    ending: new AbortController(),
    now: [],
    told: [],
  };
  const factsNow = factsOf(options);
  const look = async () => {
    const facts = await factsNow();
    options.looked(facts);
    state.now = conditionsOf(facts, options.thresholds);
    const { firing, resolved } = state.notes.look(state.now, facts.nowMs);
    const own = (await Promise.all(firing.map((each) => takeOn(state, each)))).filter((each) => each !== null);
    const ended = resolved.filter(({ mine }) => mine).map(({ condition }) => condition);
    if (own.length > 0 || ended.length > 0) void tell(state, own, ended);
  };
  let looking = false;
  const stop = options.clock.every(LOOK_EVERY_MS, () => {
    if (looking) return;
    looking = true;
    const failed = (error: unknown) => options.log.error({ err: error }, 'bug: alerts could not be looked for');
    void look()
      .catch(failed)
      .finally(() => (looking = false));
  });
  const close = () => {
    stop();
    state.ending.abort();
  };
  return { look, close, state: () => ({ now: state.now, told: state.told }) };
}

function factsOf({ spending, observed, clock, keySinceMs }: WatchOptions): () => Promise<Facts> {
  const paceOf = pace();
  let known: Spending | null = null;
  let downSinceMs: number | null = null;
  return async () => {
    const read = await spending(HISTORY_DAYS).catch(() => null);
    const nowMs = clock.nowMs();
    downSinceMs = read ? null : (downSinceMs ?? nowMs);
    known = read ?? known;
    const { refusedByStore, ...seen } = observed.facts();
    const store = { downSinceMs, refusals: refusedByStore };
    return { ...seen, nowMs, spending: known, pace: known && paceOf(known.day, nowMs), store, keySinceMs };
  };
}

const nameOf = ({ key, level }: Condition): string => `alert:${key}:${level}`;

/** Null: another process tells it. While the ledger cannot say, each tells for itself: twice is better than never. */
async function takeOn({ claims, holder, notes, clock }: State, condition: Condition): Promise<Condition | null> {
  const nowMs = clock.nowMs();
  const leaseUntilMs = nowMs + LEASE_MS;
  const mine = await claims.claim({ name: nameOf(condition), holder, nowMs, untilMs: leaseUntilMs }).catch(() => true);
  // Another process may die with it on its way: whoever sees the event asks again.
  notes.told(condition, { nowMs, mine, quietUntilMs: mine ? condition.quietUntilMs : leaseUntilMs });
  return mine ? condition : null;
}

async function tell(state: State, firing: readonly Condition[], resolved: readonly Condition[]): Promise<void> {
  const { name, claims, holder, notes, clock, log, channels, newId, ending } = state;
  const message: Message = { id: newId(), atMs: clock.nowMs(), name, firing, resolved };
  for (const [event, conditions] of Object.entries({ firing, resolved }) as ['firing' | 'resolved', readonly Condition[]][]) {
    for (const { key, severity, title } of conditions) log.warn({ alert: message.id, event, alertKey: key, severity }, title);
    const events = conditions.map((condition) => ({ atMs: message.atMs, state: event, condition }));
    state.told = [...events, ...state.told].slice(0, REMEMBERED);
  }
  const isTold = await deliver(message, { ...state, signal: ending.signal });
  const nowMs = clock.nowMs();
  for (const condition of firing) {
    if (!isTold && channels.length > 0) notes.told(condition, { nowMs, mine: true, quietUntilMs: nowMs + FAILED_PAUSE_MS });
    // Held for as long as nobody is to tell it again, or given back.
    const untilMs = isTold ? Math.ceil(condition.quietUntilMs) : nowMs;
    await claims.claim({ name: nameOf(condition), holder, nowMs, untilMs }).catch(() => undefined);
  }
  for (const condition of resolved)
    await claims.claim({ name: nameOf(condition), holder, nowMs, untilMs: nowMs }).catch(() => undefined);
}
