import { version } from '../../platform/runtime.ts';
import { servers } from '../../platform/server.ts';
import { text } from '../../platform/words.ts';
import { Header } from '../shared/header.tsx';
import { ServerPhrase } from '../shared/server-phrase.tsx';
import { Data } from './data.tsx';
import { MarkOptions } from './mark-options.tsx';
import { ServerChoice } from './server-choice.tsx';

export const App = () => (
  <>
    <Header hasOptions={false} />
    <main className="sheet">
      <h1>{text('optionsTitle')}</h1>
      <MarkOptions />
      <section>
        <h2>{text('optionsData')}</h2>
        <Data />
      </section>
      <section>
        <h2>{text('optionsServer')}</h2>
        <p>
          <ServerPhrase say="optionsServerText" />
        </p>
        {servers.length > 1 && <ServerChoice />}
        <p className="quiet">{text('optionsVersion', version())}</p>
      </section>
    </main>
  </>
);
