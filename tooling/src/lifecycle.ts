import { constants } from 'node:os';

/** A repeated Ctrl-C this soon is the same one, sent by the terminal, by npm and by the bootstrap. */
const sameInterruptMs = 1_000;

export interface Interruption {
  /** Aborts at the first Ctrl-C, SIGTERM, closed terminal, or end of the process that started this one. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM; 0 when nothing interrupted. */
  exitCode(): number;
}

/** Turns every way of being asked to end into one abort. A second Ctrl-C after a second ends at once. */
export const watchInterruption = (): Interruption => {
  const controller = new AbortController();
  let code = 0;
  let beganMs = 0;
  const interrupt = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    if (controller.signal.aborted) {
      if (performance.now() - beganMs > sameInterruptMs) process.exit(code);
      return;
    }
    beganMs = performance.now();
    code = 128 + constants.signals[name];
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt(name));
  // The bootstrap holds the other end of this channel: closed means that it is gone, by kill -9 too.
  process.on('disconnect', () => interrupt('SIGHUP'));
  process.channel?.unref();
  return { signal: controller.signal, exitCode: () => code };
};

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
