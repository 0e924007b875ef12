import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { assertPortsFree, freePort, portHolder, PortTaken } from './ports.ts';

const listen = async (port: number) => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

test('a port in use is named, with who holds it and how to go on', async () => {
  const port = await freePort();
  await using server = await listen(port);
  const check = assertPortsFree([{ name: 'server', port, setting: 'PORT' }]);
  await expect(check).rejects.toThrow(PortTaken);
  await expect(check).rejects.toThrow(
    new RegExp(
      `^Port ${port} \\(server\\) is held by process ${process.pid} \\(.*node.*\\): stop it with \`kill ${process.pid}\`, or choose another port with PORT=<port>\\.$`,
    ),
  );
  expect(server.listening).toBe(true);
});

test('free ports pass, and nobody holds them', async () => {
  const port = await freePort();
  await assertPortsFree([{ name: 'server', port, setting: 'PORT' }]);
  expect(await portHolder(port)).toBeUndefined();
});

test('no free port is given twice', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
});
