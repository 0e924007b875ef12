import type { Condition } from './conditions.ts';

/** What is over is told when it has been over for so long: until then it may only have drawn breath. */
export const SETTLED_MS = 5 * 60_000;

interface Event {
  condition: Condition;
  /** The highest that was told. */
  level: number;
  quietUntilMs: number;
  seenMs: number;
  /** It was this process that told it, so this one tells its end. */
  mine: boolean;
}

export interface News {
  readonly firing: readonly Condition[];
  /** `mine`: this process told that it had begun. */
  readonly resolved: readonly { readonly condition: Condition; readonly mine: boolean }[];
}

export interface Telling {
  readonly nowMs: number;
  readonly mine: boolean;
  readonly quietUntilMs: number;
}

/** What has happened → what to tell. Knows which events last, and how much of each has been told. */
export interface Notebook {
  /** An event is told once, again when it gets worse or has outlasted its quiet period, and when it has been over for a while. */
  look(conditions: readonly Condition[], nowMs: number): News;
  /** It is being told, here or by another process, and need not be told before then. */
  told(condition: Condition, by: Telling): void;
}

export function notebook(): Notebook {
  const events = new Map<string, Event>();
  return {
    look: (conditions, nowMs) => {
      const firing = conditions.filter((condition) => {
        const event = events.get(condition.key);
        if (event) Object.assign(event, { condition, seenMs: nowMs });
        return !event || condition.level > event.level || nowMs >= event.quietUntilMs;
      });
      const over = [...events].filter(([, { seenMs }]) => nowMs - seenMs >= SETTLED_MS);
      for (const [key] of over) events.delete(key);
      return { firing, resolved: over.map(([, { condition, mine }]) => ({ condition, mine })) };
    },
    told: (condition, { nowMs, mine, quietUntilMs }) => {
      const event = events.get(condition.key);
      const level = Math.max(condition.level, event?.level ?? 0);
      events.set(condition.key, { condition, level, quietUntilMs, mine, seenMs: event?.seenMs ?? nowMs });
    },
  };
}
