export type WebhookFormat = 'json' | 'slack' | 'discord';

export interface WebhookSettings {
  readonly url: string;
  readonly format: WebhookFormat;
  /** Base64; null: not signed, which Slack and Discord have no use for. */
  readonly secret: string | null;
}

export interface SmtpSettings {
  /** `smtps://user:password@host`, or `smtp://…` where the connection turns to TLS. */
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
  /** False: also where the server offers none. */
  readonly requireTls: boolean;
}

/** The ways to the operator, by the settings; none where none is set. */
export interface ChannelSettings {
  readonly webhook: WebhookSettings | null;
  readonly smtp: SmtpSettings | null;
}
