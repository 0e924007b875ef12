import { Webhook } from 'standardwebhooks';
import type { WebhookFormat, WebhookSettings } from '../alerts/channels.ts';
import { type Channel, Undeliverable } from '../alerts/deliver.ts';
import { documentOf, type Message, textOf } from '../alerts/message.ts';

/** More is refused by Discord. */
const DISCORD_CHARS = 2_000;

const bodies: Readonly<Record<WebhookFormat, (message: Message) => object>> = {
  json: documentOf,
  slack: (message) => ({ text: escaped(textOf(message)) }),
  discord: (message) => ({ content: textOf(message).slice(0, DISCORD_CHARS), allowed_mentions: { parse: [] } }),
};

/** Slack reads these as the beginning of a link or a mention. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Posts to a webhook, signed as standardwebhooks.com says: HMAC-SHA-256 over id, time and body, so that a receiver can tell a
 * forged one and one that is sent again.
 */
export function webhookChannel({ url, format, secret }: WebhookSettings): Channel {
  const signer = secret === null ? null : new Webhook(secret);
  return {
    name: format === 'json' ? 'webhook' : format,
    send: async (message, signal) => {
      const body = JSON.stringify(bodies[format](message));
      const headers = { 'content-type': 'application/json', ...(signer && signed(signer, message.id, body)) };
      const reply = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
      await reply.body?.cancel();
      if (reply.ok) return;
      const isFinal = reply.status < 500 && reply.status !== 408 && reply.status !== 429;
      throw new (isFinal ? Undeliverable : Error)(`the webhook answered ${reply.status}`);
    },
  };
}

/** By the time of this attempt: receivers refuse what is minutes old. */
function signed(signer: Webhook, id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signer.sign(id, now, body),
  };
}
