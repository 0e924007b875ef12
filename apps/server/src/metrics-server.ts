import { createServer } from 'node:http';
import type { Registry } from 'prom-client';

/** Listens where only the operator reaches it. Resolves to what ends it. */
export async function serveMetrics(
  registry: Registry,
  at: { readonly host: string; readonly port: number },
): Promise<() => void> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void registry.metrics().then((text) => response.setHeader('content-type', registry.contentType).end(text));
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(at.port, at.host, resolve));
  return () => server.close();
}
