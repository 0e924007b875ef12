import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { clientAddress } from './client-address.ts';
import { fetchApp } from './fetch-app.ts';
import { runProcess } from './process-main.ts';
import { denoRuntime } from './runtimes/deno.ts';

/**
 * The first hop on Deno: `deno run --allow-env --allow-net --allow-read --allow-sys deno.js`. Deno's own `serve` does not tell of
 * a client that leaves after a request with a body; its `node:http` does.
 */
runProcess(denoRuntime, async (firstHop, { host, port, trustProxy }, logger) => {
  const app = fetchApp({ ...firstHop, log: logger });
  const addressOf = clientAddress(trustProxy);
  const listener = getRequestListener((request, { incoming }) => app(request, addressOf(incoming as IncomingMessage)), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request, response) => void listener(request, response)).listen(port, host);
  await once(server, 'listening');
  return () => new Promise((resolve) => server.close(resolve));
});
