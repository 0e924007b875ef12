import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../processes.ts';
import { root } from '../root.ts';

interface Wrangler {
  readonly compatibility_date: string;
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
}

/** A text of Cap'n Proto. */
const quoted = (text: string): string => JSON.stringify(text);

/** What `workerd serve` takes: the Worker of deploy/cloudflare/wrangler.json, with these settings. `worker`: from its folder. */
export async function workerdConfig({
  worker,
  port,
  settings,
}: {
  worker: string;
  port: number;
  settings: Env;
}): Promise<string> {
  const file = await readFile(join(root, 'deploy/cloudflare/wrangler.json'), 'utf8');
  const { compatibility_date: date, durable_objects: objects } = JSON.parse(file) as Wrangler;
  const classes = objects.bindings.map(({ class_name: name }) => `(className = ${quoted(name)}, uniqueKey = ${quoted(name)})`);
  const bindings = [
    ...objects.bindings.map(({ name, class_name: to }) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(to)})`),
    ...Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [`(name = ${quoted(name)}, text = ${quoted(value)})`],
    ),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "first-hop", worker = .firstHop),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "first-hop")],
);

const firstHop :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${quoted(worker)})],
  compatibilityDate = ${quoted(date)},
  durableObjectNamespaces = [${classes.join(', ')}],
  durableObjectStorage = (inMemory = void),
  bindings = [
    ${bindings.join(',\n    ')},
  ],
);
`;
}
