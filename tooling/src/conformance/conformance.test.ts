import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { root } from '../root.ts';
import { type Host, hostNames } from './case.ts';
import { conformanceCases } from './cases.ts';
import { type CaseRow, conformance } from './conformance.ts';

const names = conformanceCases.map(({ name }) => name);
const untouched = { model: async () => undefined, ledger: async () => undefined };

const bare: Server[] = [];
afterAll(() => {
  for (const server of bare) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers every request alike. */
async function bareHost(status: number): Promise<Host> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"result":{"data":{}}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bare.push(server);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { name: 'node', url, behind: () => ({}), token: () => 'a.b.c' };
}

it.concurrent('every case is failed by a server that says yes to all, or by one that says no', async () => {
  const hosts = await Promise.all([bareHost(200), bareHost(500)]);
  const tables = await Promise.all(hosts.map((host) => conformance(conformanceCases, { hosts: [host], behind: untouched })));
  const passed = tables.map((rows) => new Set(rows.flatMap(({ name, hosts: { node } }) => (node?.ok ? [name] : []))));
  expect(names.filter((name) => passed.every((each) => each.has(name)))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

const linesOf = (...files: readonly string[]): number =>
  files.flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n')).filter((line) => line.trim() !== '').length;

it.concurrent('Node, Deno and workerd hold every case, and docs/moving.md says what it took', async () => {
  const command = [join(root, 'tooling/src/conformance.ts'), '--json'];
  const { stdout, exitCode } = await execa(process.execPath, command, { reject: false });
  const { ok, cases, ownSettings } = JSON.parse(stdout) as { ok: boolean; cases: CaseRow[]; ownSettings: object };
  const bad = cases.flatMap(({ name, expected, hosts }) =>
    hostNames.flatMap((host) => (hosts[host]?.ok ? [] : [`${host}: ${name}: ${expected}, got ${hosts[host]?.actual}`])),
  );
  expect(bad).toEqual([]);
  expect(cases.map(({ name }) => name)).toEqual(names);
  expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });

  const moving = readFileSync(join(root, 'docs/moving.md'), 'utf8');
  expect(ownSettings).toEqual({ node: 4, deno: 4, workerd: 0 });
  expect(moving).toMatch(/^\| workerd +\| 0, and 4 go away +\| 0 /m);
  const own = 'apps/server/src';
  expect(moving).toContain(
    `${linesOf(`${own}/deno.ts`, `${own}/client-address.ts`, `${own}/runtimes/deno.ts`)} lines: \`${own}/deno.ts\``,
  );
  const cloudflare = linesOf(`${own}/worker.ts`, `${own}/runtimes/workerd.ts`, 'deploy/cloudflare/wrangler.json');
  expect(moving).toContain(`${cloudflare} lines: \`${own}/worker.ts\``);
});
