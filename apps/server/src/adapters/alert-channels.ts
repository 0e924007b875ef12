import type { ChannelSettings } from '../alerts/channels.ts';
import type { Channel } from '../alerts/deliver.ts';
import { smtpChannel } from './smtp-channel.ts';
import { webhookChannel } from './webhook-channel.ts';

export type { Channel } from '../alerts/deliver.ts';
export { testMessage } from '../alerts/message.ts';

export const channelsOf = ({ webhook, smtp }: ChannelSettings): Channel[] => [
  ...(webhook ? [webhookChannel(webhook)] : []),
  ...(smtp ? [smtpChannel(smtp)] : []),
];
