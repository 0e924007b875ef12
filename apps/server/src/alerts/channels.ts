import { smtpChannel, type SmtpChannelOptions } from '../adapters/smtp-channel.ts';
import { webhookChannel, type WebhookChannelOptions } from '../adapters/webhook-channel.ts';
import type { Channel } from './deliver.ts';

export type { Channel } from './deliver.ts';
export { testMessage } from './message.ts';

/** The ways to the operator, by the settings; none where none is set. */
export interface ChannelSettings {
  readonly webhook: WebhookChannelOptions | null;
  readonly smtp: SmtpChannelOptions | null;
}

export const channelsOf = ({ webhook, smtp }: ChannelSettings): Channel[] => [
  ...(webhook ? [webhookChannel(webhook)] : []),
  ...(smtp ? [smtpChannel(smtp)] : []),
];
