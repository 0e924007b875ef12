import type messages from '../../_locales/en/messages.json';

/** What the extension can say. A key that English lacks does not compile; that no other language lacks one is tested. */
export type MessageKey = keyof typeof messages;

/** The texts of the user's language, and how it writes numbers and times. */
export interface Words {
  /** BCP 47, of the texts: where the browser's language has none, they are English, and so are the numbers in them. */
  readonly locale: string;
  /** @param values stand where the message has `$1`, `$2` */
  readonly text: (key: MessageKey, ...values: string[]) => string;
}
