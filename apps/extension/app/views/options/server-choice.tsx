import { useState } from 'react';
import { chooseServer, servers } from '../../platform/server.ts';
import { text } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { useServer } from '../shared/use-server.ts';

const options = servers.map((value) => ({ value, text: new URL(value).host }));

/** Which of the build's servers is talked to. */
export const ServerChoice = () => {
  const url = useServer();
  const [isRefused, setRefused] = useState(false);
  if (url === null) return null;
  const choose = (next: string): void => void chooseServer(next).then((isAllowed) => setRefused(!isAllowed));
  return (
    <>
      <Choice label={text('optionsServerChoice')} value={url} options={options} onChange={choose} />
      {isRefused && <p role="alert">{text('optionsServerRefused')}</p>}
    </>
  );
};
