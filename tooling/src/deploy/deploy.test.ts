import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { parse as parseToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python, root } from '../root.ts';
import { at, documentsOf, type PodSpec, podsOf, read, settings, type Tree } from './files.ts';

const tool = (name: string): string => join(dirname(python()), name);
const files = (pattern: string): string[] => globSync(pattern, { cwd: root }).toSorted();

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'twohop-deploy-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(name: string, ...args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const { failed, all } = await execa(tool(name), args, { cwd: root, all: true, reject: false, stdin: 'ignore' });
  return { ok: !failed, output: all };
}

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('images', () => {
  const dockerfiles = files('deploy/*.Dockerfile');

  test('hadolint finds nothing', async () => {
    expect(dockerfiles).toHaveLength(2);
    expect(await run('hadolint', ...dockerfiles)).toEqual({ ok: true, output: '' });
  });

  test.each([
    ['a base without a version', /^FROM node:\S+/m, 'FROM node:latest'],
    ['root as the user', /^USER .*/m, 'USER root'],
    ['a package without a version', /pnpm@[\d.]+/, 'pnpm'],
  ])('hadolint finds %s', async (_name, found, planted) => {
    const text = read('deploy/server.Dockerfile');
    expect(text).toMatch(found);
    expect(await run('hadolint', await written('Dockerfile', text.replaceAll(new RegExp(found, 'gm'), planted)))).toMatchObject({
      ok: false,
    });
  });

  test.each([
    ['deploy/server.Dockerfile', 1],
    ['deploy/ml-service.Dockerfile', 3],
  ])('%s: what runs is not root, and says how it is', (path, targets) => {
    const text = read(path);
    expect(text.match(/^USER 1000:1000$/gm)).toHaveLength(targets);
    expect(text.match(/^HEALTHCHECK /gm)).toHaveLength(1);
    expect(text.match(/^CMD \[/gm)).toHaveLength(targets);
  });

  test('versions are those that this repository is tested with', () => {
    const server = read('deploy/server.Dockerfile');
    const model = read('deploy/ml-service.Dockerfile');
    expect(new Set(server.match(/node:\d[\d.]+/g))).toEqual(new Set([`node:${read('.node-version').trim()}`]));
    expect(read('package.json')).toContain(`"packageManager": "${/pnpm@[\d.]+/.exec(server)?.[0]}"`);
    expect(read('tooling/src/bootstrap/steps.mjs')).toContain(`uv: '${/uv==([\d.]+)/.exec(model)?.[1]}'`);
    const ray = String(
      at(documentsOf('deploy/kubernetes/overlays/kuberay/ray-service.yaml')[0], 'spec.rayClusterConfig.rayVersion'),
    );
    expect(read('ml-service/locks/serve.lock')).toContain(`\nray==${ray} `);
  });
});

describe('compose', () => {
  const EXACT = /:v?\d+\.\d+(\.\d+)?(-\w+)?$/;
  const compose = documentsOf('compose.yaml')[0] ?? {};
  const services = Object.entries(compose['services'] as Record<string, Tree>);
  const named = (name: string): Tree => services.find(([each]) => each === name)?.[1] ?? {};

  test('keeps the schema of the compose specification, which finds a wrong word', async () => {
    const check = (path: string) => run('check-jsonschema', '--builtin-schema', 'vendor.compose-spec', path);
    expect(await check('compose.yaml')).toMatchObject({ ok: true });
    const wrong = read('compose.yaml').replace('stop_grace_period', 'stop_grace');
    expect(await check(await written('compose.yaml', wrong))).toMatchObject({ ok: false });
  });

  test.each(services)('%s has a read-only root, no rights beyond its own, a bound and an exact version', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service['mem_limit']).toMatch(/^\d+[mg]$/);
    // Ours are built here, the others are taken by their version.
    const dockerfile = at(service, 'build.dockerfile');
    const known = typeof dockerfile === 'string' ? existsSync(join(root, dockerfile)) : EXACT.test(String(service['image']));
    expect(known).toBe(true);
  });

  test('only the server and Grafana are published, on loopback', () => {
    const published = services.filter(([, service]) => service['ports']);
    expect(published.map(([name]) => name)).toEqual(['server', 'grafana']);
    expect(published.flatMap(([, service]) => service['ports'] as string[]).every((port) => port.startsWith('127.0.0.1:'))).toBe(
      true,
    );
  });

  test('the model shares a network with the server and the monitoring alone, and has no way out', () => {
    const networks = named('model')['networks'] as string[];
    const neighbours = services.filter(([, service]) =>
      (service['networks'] as string[]).some((each) => networks.includes(each)),
    );
    expect(neighbours.map(([name]) => name).toSorted()).toEqual(['grafana', 'model', 'prometheus', 'server']);
    for (const network of networks) expect(at(compose, `networks.${network}.internal`)).toBe(true);
  });

  test('Prometheus asks services that there are', () => {
    const targets = [...read('deploy/prometheus.yml').matchAll(/'([a-z]+):\d+'/g)].map(([, name]) => name);
    expect(targets).toEqual(['server', 'model']);
  });
});

describe('manifests', () => {
  const plain = files('deploy/kubernetes/**/*.yaml').filter((path) => !/kustomization|gpu|ray-service/.test(path));
  const custom = [...files('deploy/cloud-run/*.yaml'), 'deploy/kubernetes/overlays/kuberay/ray-service.yaml'];
  const validate = (...paths: readonly string[]) => run('kubernetes-validate', '--strict', '--quiet', ...paths);
  const asPods = (pods: readonly PodSpec[]): string =>
    pods
      .map((spec, n) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${n}` }, spec }))
      .join('\n---\n');

  test('keep the schemas of Kubernetes, which find a wrong word', async () => {
    expect(plain).toHaveLength(5);
    expect(await validate(...plain)).toMatchObject({ ok: true });
    const wrong = read('deploy/kubernetes/base/server.yaml').replace('readinessProbe', 'readyProbe');
    expect(await validate(await written('wrong.yaml', wrong))).toMatchObject({ ok: false });
  });

  test('what Cloud Run and KubeRay run keeps the schema of a pod', async () => {
    const pods = custom.flatMap((path) => documentsOf(path).flatMap(podsOf));
    expect(pods).toHaveLength(4);
    const known = pods.map(({ containerConcurrency: _calls, timeoutSeconds: _seconds, ...pod }) => pod);
    expect(await validate(await written('pods.yaml', asPods(known)))).toMatchObject({ ok: true });
  });

  test('each file of the base is listed, and each that is listed exists', () => {
    for (const path of files('deploy/kubernetes/**/kustomization.yaml')) {
      const here = dirname(path);
      const [kustomization] = documentsOf(path);
      const patches = ((kustomization?.['patches'] ?? []) as { path?: string }[]).flatMap((each) => each.path ?? []);
      const listed = [...((kustomization?.['resources'] ?? []) as string[]), ...patches];
      expect(listed.filter((each) => !existsSync(join(root, here, each)))).toEqual([]);
      const beside = files(`${here}/*.yaml`).map((each) => each.slice(here.length + 1));
      expect(beside.filter((each) => each !== 'kustomization.yaml' && !listed.includes(each))).toEqual([]);
    }
  });

  test('every container is bounded, not root, and can gain no rights; ours write to volumes alone', () => {
    const manifests = [...plain, 'deploy/kubernetes/overlays/kuberay/ray-service.yaml'].flatMap(documentsOf);
    const pods = manifests.flatMap((manifest) => podsOf(manifest).map((pod) => ({ pod, kind: manifest['kind'] })));
    expect(pods).toHaveLength(4);
    for (const { pod, kind } of pods) {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext, resources } of pod.containers) {
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
        // Ray writes where it likes.
        expect(securityContext?.['readOnlyRootFilesystem'] ?? false).toBe(kind === 'Deployment');
        expect(resources?.limits?.['memory']).toBeDefined();
      }
    }
  });

  test('nobody but the server and the monitoring reaches the model, and the model reaches nobody', () => {
    const policies = documentsOf('deploy/kubernetes/base/network-policy.yaml');
    expect(policies[0]).toMatchObject({ spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } });
    expect(Object.keys(policies[0]?.['spec'] as Tree)).toEqual(['podSelector', 'policyTypes']);
    const ofModel = policies.filter((policy) => at(policy, 'spec.podSelector.matchLabels.app') === 'model');
    expect(ofModel).toHaveLength(1);
    const [{ spec }] = ofModel as [{ spec: { ingress: { from: Tree[] }[]; egress: unknown[] } }];
    expect(spec.egress).toEqual([]);
    expect(spec.ingress.flatMap(({ from }) => from)).toEqual([
      { podSelector: { matchLabels: { app: 'server' } } },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
    ]);
  });
});

test('every setting that is given anywhere is one that .env.example documents', () => {
  const known = settings();
  const compose = documentsOf('compose.yaml')[0];
  const given = [
    ...Object.keys(at(compose, 'services.server.environment') as Tree),
    ...Object.keys(at(compose, 'services.model.environment') as Tree),
    ...files('deploy/{kubernetes,cloud-run}/**/*.yaml').flatMap((path) =>
      documentsOf(path)
        .flatMap(podsOf)
        .flatMap((pod) => pod.containers.flatMap(({ env = [] }) => env.map(({ name }) => name))),
    ),
    ...files('deploy/fly/*.toml').flatMap((path) => Object.keys(parseToml(read(path))['env'] as Tree)),
    ...[...read('deploy/ml-service.Dockerfile').matchAll(/\b(ML_[A-Z_]+)=/g)].map(([, name = '']) => name),
  ];
  expect(new Set(given).size).toBeGreaterThan(15);
  expect(given.filter((name) => !known.has(name) && name !== 'GOOGLE_APPLICATION_CREDENTIALS')).toEqual([]);
});

test('Fly builds from images that there are, and only the server is a service', () => {
  const [model, server] = files('deploy/fly/*.toml').map((path) => parseToml(read(path)));
  for (const app of [model, server]) expect(existsSync(join(root, String(at(app, 'build.dockerfile'))))).toBe(true);
  expect(read('deploy/ml-service.Dockerfile')).toContain(`AS ${String(at(model, 'build.build-target'))}\n`);
  expect(at(server, 'http_service.internal_port')).toBe(8787);
  expect(model).not.toHaveProperty('http_service');
  expect(model).not.toHaveProperty('services');
});
