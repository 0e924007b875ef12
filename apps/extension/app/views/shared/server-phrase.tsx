import type { MessageKey } from '../../core/words.ts';
import { serverHost } from './client.ts';
import { Phrase } from './phrase.tsx';

/** A message that names the server. */
export const ServerPhrase = ({ say }: { readonly say: MessageKey }) => (
  <Phrase say={say}>
    <b>{serverHost}</b>
  </Phrase>
);
