/**
 * A model on a machine of its own: so many calls at a time, so long each, the others in a line. It costs this machine nothing, as
 * one on a GPU does, and its replies say how long a call waited and how long it was worked on, as the model service's do.
 */
import { createServer, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { port: { type: 'string' }, places: { type: 'string' }, ms: { type: 'string' }, line: { type: 'string' } },
});
const workMs = Number(values.ms);
const sentence = 'The sentences that matter on this page stand out.';
const body = JSON.stringify({
  model: 'distant-1',
  sentences: 1,
  highlights: [{ text: sentence, start: 0, end: sentence.length, score: 0.75 }],
});
const overloaded = JSON.stringify({
  error: { code: 'capacity.overloaded', message: 'The line is full.', field: null, retryAfterMs: 1_000 },
});
const json = { 'content-type': 'application/json' };

let free = Number(values.places);
const line: { readonly response: ServerResponse; readonly sinceMs: number }[] = [];

function next(): void {
  while (free > 0) {
    const call = line.shift();
    if (!call) return;
    // Whoever has left is not worked for.
    if (call.response.destroyed) continue;
    free -= 1;
    const queueMs = performance.now() - call.sinceMs;
    setTimeout(() => {
      free += 1;
      const timing = `tokenize;dur=0.00, queue;dur=${queueMs.toFixed(2)}, compute;dur=${workMs.toFixed(2)}`;
      call.response.writeHead(200, { ...json, 'x-compute-us': String(workMs * 1_000), 'server-timing': timing }).end(body);
      next();
    }, workMs);
  }
}

createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.method !== 'POST') return response.writeHead(request.url === '/readyz' ? 200 : 404, json).end('{}');
    if (line.length >= Number(values.line)) return response.writeHead(503, { ...json, 'x-compute-us': '0' }).end(overloaded);
    line.push({ response, sinceMs: performance.now() });
    next();
  });
}).listen(Number(values.port), '127.0.0.1');
