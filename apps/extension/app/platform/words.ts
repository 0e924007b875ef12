import type { MessageKey, Words } from '../core/words.ts';

/** Of the browser's language, else English: the browser picks among `_locales`. */
export const text = (key: MessageKey, ...values: string[]): string => chrome.i18n.getMessage(key, values);

export const words: Words = { locale: text('languageTag'), text };
