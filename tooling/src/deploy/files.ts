import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../root.ts';

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export type Tree = { readonly [name: string]: unknown };

/** Every document of a YAML file. */
export const documentsOf = (path: string): Tree[] =>
  parseAllDocuments(read(path), { merge: true }).map((each) => each.toJS() as Tree);

/** What stands at a path of names, as `spec.template`; undefined where nothing does. */
export const at = (tree: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Tree | undefined)?.[name], tree);

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string }[];
  readonly securityContext?: Tree;
  readonly resources?: { readonly limits?: Tree };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext?: Tree;
  /** Cloud Run's, on the level of a pod: calls at a time, and seconds of each. */
  readonly containerConcurrency?: number;
  readonly timeoutSeconds?: number;
}

/** Where a manifest says what runs: of Kubernetes itself, of Knative (Cloud Run) and of KubeRay. */
const POD_PATHS = [
  'spec.template.spec',
  'spec.rayClusterConfig.headGroupSpec.template.spec',
  'spec.rayClusterConfig.workerGroupSpecs.0.template.spec',
];

export const podsOf = (manifest: Tree): PodSpec[] =>
  POD_PATHS.map((path) => at(manifest, path) as PodSpec | undefined).filter((pod) => pod?.containers !== undefined) as PodSpec[];

/** Settings that .env.example documents. */
export const settings = (): Set<string> =>
  new Set([...read('.env.example').matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name));
