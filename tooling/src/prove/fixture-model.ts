/**
 * A second hop whose cost is exactly known, and which fails as it is told (`Behaviour`). It keeps an append-only log of what it
 * executed, by run id, which survives a kill -9: the ledger is reconciled against it. It also answers the one question that
 * firebase-admin asks an Auth emulator: whether the user of an unsigned token exists.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type Behaviour, behaviourOf, type Execution } from './behaviour.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, log: { type: 'string' }, 'cost-us': { type: 'string' } } });
const log = openSync(values.log ?? '', 'a');
// Whatever a killed process has begun to write ends here.
writeSync(log, '\n');
const costUs = values['cost-us'] ?? '';

const ranTags = new Set<string>();
/** What is in flight, by run id: how it ends when it is cancelled. */
const inFlight = new Map<string, () => void>();
const waiting = new Map<string, () => void>();

const write = (entry: Omit<Execution, 'atMs'>): void => {
  writeSync(log, `${JSON.stringify({ ...entry, atMs: Date.now() })}\n`);
  if (entry.event !== 'ran') return;
  ranTags.add(entry.tag);
  waiting.get(entry.tag)?.();
};

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function run(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { text } = JSON.parse(await readText(request)) as { text: string };
  const behaviour = behaviourOf(text);
  const runId = String(request.headers['x-request-id']);
  const report = behaviour.report === undefined ? costUs : behaviour.report;
  const workUs = behaviour.ends === 'hang' ? (behaviour.workMs ?? 0) * 1000 : Number(costUs);
  if (behaviour.hearsCancel) {
    inFlight.set(runId, () => {
      response.setHeader('x-compute-us', String(workUs));
      refuse(response, 499);
    });
    response.once('close', () => inFlight.delete(runId));
  }
  write({ event: 'start', runId, tag: behaviour.tag, us: 0 });
  if (behaviour.ends === 'die') process.exit(1);
  if (behaviour.workMs) await new Promise((done) => setTimeout(done, behaviour.workMs));
  write({ event: 'ran', runId, tag: behaviour.tag, us: workUs });
  if (behaviour.ends === 'hang') return;
  if (report !== null) response.setHeader('x-compute-us', report);
  reply(response, behaviour, text);
}

const codes: Record<number, string> = {
  400: 'input.invalid',
  499: 'request.cancelled',
  500: 'internal.bug',
  503: 'capacity.overloaded',
};

function refuse(response: ServerResponse, status: number): void {
  json(response, status, {
    error: { code: codes[status] ?? 'internal.bug', message: 'as told', field: null, retryAfterMs: null },
  });
}

function reply(response: ServerResponse, { status = 200, ends }: Behaviour, text: string): void {
  if (status !== 200) return refuse(response, status);
  if (ends === 'garbage') return json(response, 200, { model: 7 });
  json(response, 200, { model: 'fixture', sentences: 1, highlights: [{ text, start: 0, end: text.length, score: 1 }] });
}

function cancel(runId: string, response: ServerResponse): void {
  const end = inFlight.get(runId);
  response.writeHead(end ? 204 : 404).end();
  end?.();
}

/** Answers as soon as a run of that tag has worked. */
function ran(tag: string, response: ServerResponse): void {
  const tell = () => json(response, 200, { ok: true });
  if (ranTags.has(tag)) tell();
  else waiting.set(tag, tell);
}

async function lookUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { localId } = JSON.parse(await readText(request)) as { localId: string[] };
  json(response, 200, { users: localId.map((id) => ({ localId: id, validSince: '0', disabled: false })) });
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  if (url.pathname === '/readyz') json(response, 200, { ok: true });
  else if (url.pathname === '/ran') ran(url.searchParams.get('tag') ?? '', response);
  else if (request.method === 'DELETE') cancel(url.pathname.split('/').at(-1) ?? '', response);
  else if (url.pathname.endsWith('accounts:lookup')) await lookUp(request, response);
  else await run(request, response);
}

createServer((request, response) => {
  // A caller that has left is no failure of this process.
  serve(request, response).catch(() => response.destroy());
}).listen(Number(values.port), '127.0.0.1');
