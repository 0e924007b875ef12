import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, it } from 'vitest';
import { Undeliverable } from '../alerts/deliver.ts';
import { testMessage } from '../alerts/message.ts';
import { smtpChannel } from './smtp-channel.ts';

const message = testMessage('Twohop', 'message-1', Date.parse('2026-11-26T12:00:00Z'));
const never = new AbortController().signal;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server on a socket of its own that lets ann in. */
async function mailServer(refusal: number | null = null) {
  const mails: Mail[] = [];
  const signedIn: (string | undefined)[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      signedIn.push(username);
      if (username === 'ann' && password === 'p@ss') done(null, { user: 'ann' });
      else done(new Error('no'));
    },
    onRcptTo: (_address, _session, done) =>
      done(refusal === null ? null : Object.assign(new Error('no'), { responseCode: refusal })),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { mails, signedIn, host: `127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

const channel = (url: string, requireTls = false) =>
  smtpChannel({ url, from: 'Twohop <alerts@example.com>', to: ['root@example.com', 'ops@example.com'], requireTls });

it('arrives with a subject, a text, and a name of its own', async () => {
  const { mails, host } = await mailServer();
  await channel(`smtp://ann:p%40ss@${host}`).send(message, never);
  expect(mails).toMatchObject([{ from: 'alerts@example.com', to: ['root@example.com', 'ops@example.com'] }]);
  expect(mails[0]?.text).toContain('Subject: Twohop: this is a test\r\n');
  expect(mails[0]?.text).toContain('Message-ID: <message-1@twohop>\r\n');
  expect(mails[0]?.text).toContain('Nothing is wrong.');
});

it.each([
  ['a password that is wrong', null, 'smtp://ann:wrong@', true],
  ['a receiver that there is not', 550, 'smtp://ann:p%40ss@', true],
  ['a server that is busy', 451, 'smtp://ann:p%40ss@', false],
])('%s', async (_name, refusal, url, isFinal) => {
  const { mails, host } = await mailServer(refusal);
  const failure = await channel(url + host)
    .send(message, never)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(failure instanceof Undeliverable).toBe(isFinal);
  expect(mails).toEqual([]);
});

it('sends no password to a server that does not turn to TLS', async () => {
  const { mails, signedIn, host } = await mailServer();
  await expect(channel(`smtp://ann:p%40ss@${host}`, true).send(message, never)).rejects.toThrow('answered 500');
  expect({ mails, signedIn }).toEqual({ mails: [], signedIn: [] });
});
