import type { Socket } from 'node:net';
import { open } from '../../attack/raw-http.ts';
import { holdsWithin } from '../../prove/poll.ts';
import { type ConformanceCase, runBytes, type Visit } from '../case.ts';

const sentences = [
  'The sea is wide and cold.',
  'Ships carry grain to the north.',
  'A lighthouse stands on the rock.',
  'Nobody lives there.',
];
const textFor = (words: string): string => [...sentences, words].join(' ');

interface Receipt {
  readonly runId: string;
  readonly computeUs: number;
  readonly cached: boolean;
}
const none: Receipt = { runId: '', computeUs: 0, cached: false };
const receiptOf = (data: Readonly<Record<string, unknown>>) => (data['receipt'] ?? none) as Receipt;

const runsOf = async (visit: Visit): Promise<readonly { state: string }[]> => {
  const { data } = await visit.read('account.export');
  return (data['runs'] ?? []) as { state: string }[];
};

const running = async (visit: Visit): Promise<number> =>
  ((await visit.read('account.quota')).data['concurrent'] as { running: number }).running;

/** A page of two parts: the model reads one after the other. */
const page = Array.from({ length: 58 }, (_, at) => `In the year ${1_000 + at} the river rose ${at} feet above the bridge.`).join(
  ' ',
);

async function streamed(visit: Visit, key: string): Promise<{ chunks: string[]; events: string[] }> {
  const response = await fetch(new URL('/trpc/highlights.stream?batch=1', visit.host.url), {
    method: 'POST',
    headers: { ...visit.headers, 'trpc-accept': 'application/jsonl', 'idempotency-key': key },
    body: JSON.stringify({ 0: { text: page, count: 3 } }),
  });
  const chunks: string[] = [];
  const utf8 = new TextDecoder();
  for await (const bytes of (response.body ?? []) as AsyncIterable<Uint8Array>) chunks.push(utf8.decode(bytes, { stream: true }));
  return { chunks, events: [...chunks.join('').matchAll(/"type":"(\w+)"/g)].map(([, type = '']) => type) };
}

/** A host that tells of it does so at once; then the model has a second to hear of it. */
const SEEN_WITHIN_MS = 3_000;
const seenLeaving = 'one run in flight, none before its deadline';
const unseenLeaving = 'one run in flight, one before its deadline';

async function leaving(visit: Visit, leave: (socket: Socket) => void): Promise<string> {
  const body = JSON.stringify({ text: page });
  const socket = await open(visit.host.url);
  socket.write(runBytes(visit, [`content-length: ${Buffer.byteLength(body)}`], body));
  const begun = await holdsWithin(3_000, async () => (await running(visit)) === 1);
  leave(socket);
  const free = await holdsWithin(SEEN_WITHIN_MS, async () => (await running(visit)) === 0);
  return `${begun ? 'one' : 'no'} run in flight, ${free ? 'none' : 'one'} before its deadline`;
}

export const runCases: readonly ConformanceCase[] = [
  {
    name: 'a run',
    when: 'one by one',
    expected: '200 ok, marks of the text, compute on the receipt, settled in the ledger',
    look: async (visit) => {
      const text = textFor(visit.user);
      const { said, data } = await visit.call('highlights.run', { text, count: 2 });
      const marks = (data['highlights'] ?? []) as { text: string; start: number; end: number }[];
      const exact = marks.length === 2 && marks.every(({ start, end, text: own }) => text.slice(start, end) === own);
      const paid = receiptOf(data).computeUs > 0 ? 'compute on the receipt' : 'nothing on the receipt';
      const states = (await runsOf(visit)).map(({ state }) => state).join();
      return `${said}, ${exact ? 'marks of the text' : 'other marks'}, ${paid}, ${states} in the ledger`;
    },
  },
  {
    name: 'the same key twice',
    when: 'one by one',
    expected: '200 ok, 200 ok, one run with one receipt',
    look: async (visit) => {
      const call = () => visit.call('highlights.run', { text: textFor(visit.user) }, { 'idempotency-key': key });
      const key = crypto.randomUUID();
      const [first, second] = [await call(), await call()];
      const same = receiptOf(first.data).runId === receiptOf(second.data).runId;
      return `${first.said}, ${second.said}, ${(await runsOf(visit)).length === 1 && same ? 'one run with one receipt' : 'more than one'}`;
    },
  },
  {
    name: 'the same key twice at the same time',
    when: 'one by one',
    expected: '200 ok, 200 ok, one run',
    look: async (visit) => {
      const key = crypto.randomUUID();
      const call = () => visit.call('highlights.run', { text: textFor(visit.user) }, { 'idempotency-key': key });
      const [first, second] = await Promise.all([call(), call()]);
      return `${first.said}, ${second.said}, ${(await runsOf(visit)).length === 1 ? 'one run' : 'more than one'}`;
    },
  },
  {
    name: 'the same key with another input',
    when: 'one by one',
    expected: '200 ok, then 409 run.conflict',
    look: async (visit) => {
      const key = { 'idempotency-key': crypto.randomUUID() };
      const first = await visit.call('highlights.run', { text: textFor(visit.user) }, key);
      const other = await visit.call('highlights.run', { text: textFor('Another end.') }, key);
      return `${first.said}, then ${other.said}`;
    },
  },
  {
    name: 'the same input again',
    when: 'one by one',
    expected: '200 ok, then 200 ok for nothing',
    look: async (visit) => {
      const call = () => visit.call('highlights.run', { text: textFor(visit.user) });
      const [first, second] = [await call(), await call()];
      const { cached, computeUs } = receiptOf(second.data);
      return `${first.said}, then ${second.said} for ${cached && computeUs === 0 ? 'nothing' : 'something'}`;
    },
  },
  {
    name: 'a page that comes in parts, and is asked for again',
    when: 'one by one',
    expected: 'start part part done, one by one, the same events again, one run',
    look: async (visit) => {
      const key = crypto.randomUUID();
      const [first, again] = [await streamed(visit, key), await streamed(visit, key)];
      const begins = first.chunks.find((chunk) => chunk.includes('"start"')) ?? '"done"';
      const pace = begins.includes('"done"') ? 'all at once' : 'one by one';
      const same = first.events.join() === again.events.join() ? 'the same' : 'other';
      return `${first.events.join(' ')}, ${pace}, ${same} events again, ${(await runsOf(visit)).length === 1 ? 'one run' : 'more than one'}`;
    },
  },
  {
    name: 'an account that is deleted',
    when: 'one by one',
    expected: '200 ok, 200 ok, nothing of it left',
    look: async (visit) => {
      const run = await visit.call('highlights.run', { text: textFor(visit.user) });
      const deleted = await visit.call('account.delete', undefined);
      return `${run.said}, ${deleted.said}, ${(await runsOf(visit)).length === 0 ? 'nothing' : 'something'} of it left`;
    },
  },
  {
    name: 'a client that resets its connection',
    when: 'the model is stopped',
    expected: seenLeaving,
    look: (visit) => leaving(visit, (socket) => socket.resetAndDestroy()),
  },
  {
    name: 'a client that closes its connection',
    when: 'the model is stopped',
    expected: seenLeaving,
    otherwise: { workerd: unseenLeaving },
    look: (visit) => leaving(visit, (socket) => socket.destroy()),
  },
  {
    name: 'one run more than the plan has, before a model that is late',
    when: 'the model is stopped',
    expected: '429 limit.concurrency, then 504 upstream.timeout',
    look: async (visit) => {
      const call = (words: string) => visit.call('highlights.run', { text: textFor(words) });
      const first = call('The first.');
      await holdsWithin(3_000, async () => (await running(visit)) === 1);
      const second = await call('The second.');
      return `${second.said}, then ${(await first).said}`;
    },
  },
  {
    name: 'a ledger that does not answer',
    when: 'the ledger is stopped',
    expected: 'not ready, reads 200 ok, runs 503 limit.store_down with Retry-After',
    look: async (visit) => {
      const [ready, read, run] = [
        await visit.ask('/readyz'),
        await visit.read('account.me'),
        await visit.call('highlights.run', { text: textFor(visit.user) }),
      ];
      const waits = Number(run.headers.get('retry-after')) > 0 ? 'with' : 'without';
      return `${ready.status === 503 ? 'not ready' : 'ready'}, reads ${read.said}, runs ${run.said} ${waits} Retry-After`;
    },
  },
  {
    name: 'a ledger that is back',
    when: 'the ledger is back',
    expected: '200 ok',
    look: async (visit) => {
      await holdsWithin(5_000, async () => (await visit.ask('/readyz')).status === 200);
      return (await visit.call('highlights.run', { text: textFor(visit.user) })).said;
    },
  },
];
