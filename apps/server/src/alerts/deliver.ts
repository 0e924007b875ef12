import type { Log } from '@twohop/api';
import pRetry from 'p-retry';
import type { Message } from './message.ts';

/** One way to the operator. Rejects when the message did not get there; the signal ends an attempt. */
export interface Channel {
  readonly name: string;
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** Said by a receiver that will say the same the next time. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}

export interface Patience {
  readonly attemptMs: number;
  readonly firstPauseMs: number;
  /** After so long it is given up, and told again as if it had not been told. */
  readonly totalMs: number;
}

export const PATIENCE: Patience = { attemptMs: 10_000, firstPauseMs: 1_000, totalMs: 8 * 60_000 };
const LONGEST_PAUSE_MS = 60_000;

export interface DeliverOptions {
  readonly channels: readonly Channel[];
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told what became of it on each channel. */
  readonly alerted: (channel: string, outcome: 'delivered' | 'failed') => void;
  readonly patience?: Patience;
}

/** Sends it over every channel, each tried again by itself. True: it got somewhere. */
export async function deliver(message: Message, { channels, ...options }: DeliverOptions): Promise<boolean> {
  const sent = await Promise.all(channels.map((channel) => deliverOver(channel, message, options)));
  return sent.includes(true);
}

async function deliverOver(channel: Channel, message: Message, options: Omit<DeliverOptions, 'channels'>): Promise<boolean> {
  const { log, signal, alerted, patience = PATIENCE } = options;
  const attempt = () => channel.send(message, AbortSignal.any([signal, AbortSignal.timeout(patience.attemptMs)]));
  try {
    await pRetry(attempt, {
      retries: Infinity,
      minTimeout: patience.firstPauseMs,
      maxTimeout: LONGEST_PAUSE_MS,
      maxRetryTime: patience.totalMs,
      randomize: true,
      unref: true,
      signal,
      shouldRetry: ({ error }) => !(error instanceof Undeliverable),
    });
    alerted(channel.name, 'delivered');
    return true;
  } catch (error) {
    alerted(channel.name, 'failed');
    log.error({ err: error, channel: channel.name, alert: message.id }, 'an alert could not be delivered');
    return false;
  }
}
