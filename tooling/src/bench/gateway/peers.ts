import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { peersFolder, pythonPeer } from '../python-peer.ts';
import { type Contender, type Place, textOf } from './contender.ts';

const PORTKEY = '1.15.2';
/** The last whose parts all stand in the registry. */
const LITELLM = '1.90.0';

/** A chat completion, which every gateway of the field forwards. */
const completion = (index: number) => JSON.stringify({ model: 'bench-1', messages: [{ role: 'user', content: textOf(index) }] });
const json = { 'content-type': 'application/json' };

export function bareProxy({ upstreamUrl, port }: Place): Contender {
  return {
    name: 'bare proxy',
    version: 'fastify + undici',
    does: 'decides nothing',
    url: `http://127.0.0.1:${port}`,
    spec: {
      name: 'bare proxy',
      command: process.execPath,
      args: [join(import.meta.dirname, 'bare-proxy.ts'), '--port', String(port), '--upstream', upstreamUrl],
      ready: { url: `http://127.0.0.1:${port}/readyz` },
    },
    call: (index) => ({ path: '/v1/highlights', headers: json, body: JSON.stringify({ text: textOf(index) }) }),
  };
}

export async function portkey({ upstreamUrl, port }: Place): Promise<Contender> {
  const folder = join(peersFolder, `portkey-${PORTKEY}`);
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(entry)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}\n');
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `@portkey-ai/gateway@${PORTKEY}`];
    await execa('npm', install, { cwd: folder });
  }
  const target = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstreamUrl}/v1`, authorization: 'Bearer key' };
  return {
    name: 'portkey',
    version: PORTKEY,
    does: 'forwards for whoever asks, without a budget or a log',
    url: `http://127.0.0.1:${port}`,
    spec: {
      name: 'portkey',
      command: process.execPath,
      args: [entry, `--port=${port}`, '--headless'],
      // A host of one's own network has to be allowed by name.
      env: { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost', NODE_ENV: 'production' },
      ready: { url: `http://127.0.0.1:${port}/` },
    },
    call: (index) => ({ path: '/v1/chat/completions', headers: { ...json, ...target }, body: completion(index) }),
  };
}

export async function litellm({ folder, upstreamUrl, port }: Place): Promise<Contender> {
  const command = join(await pythonPeer('litellm', LITELLM, '[proxy]'), 'litellm');
  const config = join(folder, 'litellm.yaml');
  const model = {
    model_name: 'bench-1',
    litellm_params: { model: 'openai/bench-1', api_base: `${upstreamUrl}/v1`, api_key: 'key' },
  };
  // YAML is a superset of JSON.
  await writeFile(config, JSON.stringify({ model_list: [model], general_settings: { master_key: 'sk-bench' } }));
  return {
    name: 'litellm',
    version: LITELLM,
    does: 'one master key, without a budget or a store',
    url: `http://127.0.0.1:${port}`,
    spec: {
      name: 'litellm',
      command,
      args: ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
      env: { LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True', DISABLE_ADMIN_UI: 'True' },
      ready: { url: `http://127.0.0.1:${port}/health/liveliness` },
      readyWithinMs: 120_000,
    },
    call: (index) => ({
      path: '/v1/chat/completions',
      headers: { ...json, authorization: 'Bearer sk-bench' },
      body: completion(index),
    }),
  };
}
