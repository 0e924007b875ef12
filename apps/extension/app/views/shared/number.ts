import { words } from '../../platform/words.ts';

/** Numbers as the language of the texts writes them. */
export const number = new Intl.NumberFormat(words.locale);
