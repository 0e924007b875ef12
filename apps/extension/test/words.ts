import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageKey, Words } from '../app/core/words.ts';
import { root } from '../bundle.ts';

const folder = join(root, '_locales');
export const locales = readdirSync(folder);

type Messages = Readonly<Record<MessageKey, { readonly message: string }>>;
export const messagesOf = (locale: string): Messages =>
  JSON.parse(readFileSync(join(folder, locale, 'messages.json'), 'utf8')) as Messages;

/** What `chrome.i18n` does, for tests without a browser. */
export const wordsOf = (locale: string): Words => {
  const messages = messagesOf(locale);
  const text: Words['text'] = (key, ...values) =>
    messages[key].message.replaceAll(/\$(\d)/g, (_match, n: string) => values[Number(n) - 1] ?? '');
  return { locale: text('languageTag'), text };
};

export const english = wordsOf('en');
