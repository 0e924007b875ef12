import { useMutation, useQuery } from '@tanstack/react-query';
import type { TwohopError } from '@twohop/sdk';
import { twohopOptions, useHighlightsStream } from '@twohop/sdk/react';
import { onAuthStateChanged, signInWithEmailAndPassword, type User } from 'firebase/auth';
import { useEffect, useState } from 'react';
import { auth, twohop } from './twohop.ts';

const options = twohopOptions(twohop);

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value : '';
}

export function App() {
  const [user, setUser] = useState<User | null>(null);
  useEffect(() => onAuthStateChanged(auth, setUser), []);
  return user ? <Reader /> : <SignIn />;
}

function SignIn() {
  const signIn = useMutation({
    mutationFn: (form: FormData) => signInWithEmailAndPassword(auth, textOf(form, 'email'), textOf(form, 'password')),
  });
  return (
    <form action={(form) => signIn.mutate(form)}>
      <label>
        E-mail <input name="email" type="email" required />
      </label>
      <label>
        Password <input name="password" type="password" required />
      </label>
      <button type="submit">Sign in</button>
      {signIn.error && <p role="alert">{signIn.error.message}</p>}
    </form>
  );
}

function Reader() {
  const [text, setText] = useState('');
  const stream = useHighlightsStream(twohop);
  const last = stream.events.at(-1);
  return (
    <>
      <Quota />
      <label>
        Text <textarea value={text} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="button" onClick={() => void stream.start({ text, count: 3 })}>
        Highlight
      </button>
      {stream.status === 'running' && (
        <button type="button" onClick={stream.cancel}>
          Stop
        </button>
      )}
      {stream.error && <Refused error={stream.error} />}
      {last?.type === 'done' && (
        <ol>
          {last.highlights.map((mark) => (
            <li key={mark.start}>{mark.text}</li>
          ))}
        </ol>
      )}
      <Search text={text} />
    </>
  );
}

function Quota() {
  const { data, error } = useQuery(options.quota());
  if (error) return <Refused error={error} />;
  return <output>{data ? `${Math.round(data.computeDay.remainingUs / 1000)} ms of compute left today` : '…'}</output>;
}

function Search({ text }: { text: string }) {
  const search = useMutation(options.search());
  return (
    <form action={(form) => search.mutate({ text, query: textOf(form, 'query'), count: 1 })}>
      <label>
        Find by meaning <input name="query" required />
      </label>
      <button type="submit">Find</button>
      {search.error && <Refused error={search.error} />}
      {search.data?.passages.map(({ start, text: passage }) => (
        <blockquote key={start}>{passage}</blockquote>
      ))}
    </form>
  );
}

/** Each code of the table has one meaning: a page says it in its own words. */
const Refused = ({ error }: { error: TwohopError }) => (
  <p role="alert">
    {error.code}: {error.message}
  </p>
);
