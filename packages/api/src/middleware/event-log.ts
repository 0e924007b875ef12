import { HighlightsEvent } from '../schemas.ts';

/** An event without its number: that is its place in the log. */
export type Unnumbered<E = HighlightsEvent> = E extends unknown ? Omit<E, 'seq'> : never;

export const isLast = ({ type }: Pick<HighlightsEvent, 'type'>): boolean => type === 'done' || type === 'error';

/** The events of a run of this process, for whoever reads them while they come. */
export function eventLog(onEvent: (event: HighlightsEvent) => void) {
  const events: HighlightsEvent[] = [];
  let grown = Promise.withResolvers<void>();
  return {
    /** @throws ZodError for what breaks the contract */
    add: (event: Unnumbered): void => {
      const numbered = HighlightsEvent.parse({ ...event, seq: events.length });
      events.push(numbered);
      onEvent(numbered);
      grown.resolve();
      grown = Promise.withResolvers();
    },
    /** All of them from the first, until the last one has come or the reader has left. */
    async *read(signal: AbortSignal): AsyncGenerator<HighlightsEvent, void> {
      const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      for (let next = 0; !signal.aborted;) {
        const event = events[next];
        if (event) {
          next += 1;
          yield event;
          if (isLast(event)) return;
        } else await Promise.race([grown.promise, left]);
      }
    },
  };
}
