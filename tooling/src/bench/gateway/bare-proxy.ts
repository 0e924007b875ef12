/** The limit: a proxy that decides nothing. Fastify in front, undici behind, bytes through. */
import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import { Pool } from 'undici';

const { values } = parseArgs({ options: { port: { type: 'string' }, upstream: { type: 'string' } } });

const upstream = new Pool(values.upstream ?? '', { connections: 128 });
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/readyz', () => ({ ok: true }));
app.post('/*', async (request, reply) => {
  const { statusCode, headers, body } = await upstream.request({
    method: 'POST',
    path: request.url,
    headers: { 'content-type': 'application/json' },
    body: request.body as Buffer,
  });
  return reply
    .code(statusCode)
    .header('content-type', headers['content-type'])
    .send(Buffer.from(await body.arrayBuffer()));
});
await app.listen({ host: '127.0.0.1', port: Number(values.port) });
