/**
 * What stands behind every gateway of the bench: it reads the request and answers at once, always the same. The reply is at the
 * same time one of our contract and a chat completion, so that each gateway gets what it understands at the same cost.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string' } } });

const sentence = 'The sentences that matter on this page stand out.';
const reply = Buffer.from(
  JSON.stringify({
    model: 'bench-1',
    sentences: 3,
    highlights: [0, 50, 100].map((start) => ({ text: sentence, start, end: start + sentence.length, score: 0.75 })),
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_780_000_000,
    choices: [{ index: 0, message: { role: 'assistant', content: sentence }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 30, completion_tokens: 10, total_tokens: 40 },
  }),
);
const headers = { 'content-type': 'application/json', 'content-length': reply.length, 'x-compute-us': '1000' };
const user = (id: string) => ({ localId: id, validSince: '0', disabled: false });

createServer((request, response) => {
  const isLookup = request.url?.endsWith('accounts:lookup') ?? false;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (!isLookup) return response.writeHead(200, headers).end(reply);
    const { localId } = JSON.parse(Buffer.concat(chunks).toString()) as { localId: string[] };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ users: localId.map(user) }));
  });
}).listen(Number(values.port), '127.0.0.1');
