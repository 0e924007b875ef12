import type { MessageKey } from '../../core/words.ts';
import { Phrase } from './phrase.tsx';
import { useServer } from './use-server.ts';

/** A message that names the server. */
export const ServerPhrase = ({ say }: { readonly say: MessageKey }) => {
  const url = useServer();
  return (
    <Phrase say={say}>
      <b>{url === null ? '' : new URL(url).host}</b>
    </Phrase>
  );
};
