import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { explain, untrusted } from './failure.mjs';
import { fetchTools, newDraft } from './fetch-tools.mjs';
import { findPython } from './python.mjs';
import { run } from './run.mjs';
import { hashInputs } from './stamp.mjs';

/**
 * @typedef {object} Step
 * @property {string} name of its stamp
 * @property {string} label for the reader
 * @property {string} inputs a hash: done once, it is done until this changes
 * @property {() => boolean} present its result is still there; milliseconds
 * @property {() => Promise<void>} run throws SetupFailure; leaves nothing half-done behind
 */

/** @param {string} root of the repository */
export const versionsOf = (root) => ({
  node: readFileSync(join(root, '.node-version'), 'utf8').trim(),
  pnpm: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.replace('pnpm@', ''),
  uv: '0.13.9',
});

/**
 * Two chains that run side by side: what JavaScript needs, what Python needs.
 * @param {string} root @param {string} folder `.toolchain`
 * @param {boolean} [toolsOnly] not what they install
 * @returns {Step[][]}
 */
export const stepsOf = (root, folder, toolsOnly = false) => {
  const versions = versionsOf(root);
  const tools = fetchTools({ folder, versions });
  const tool = (name) => ({
    name,
    label: { node: `Node ${versions.node}`, pnpm: `pnpm ${versions.pnpm}`, uv: `uv ${versions.uv}` }[name],
    inputs: hashInputs([name, versions[name], process.platform, process.arch]),
    present: () => existsSync(join(folder, 'bin', name)),
    run: tools[name],
  });
  if (toolsOnly) return [[tool('node'), tool('pnpm')], [tool('uv')]];
  return [
    [tool('node'), tool('pnpm'), packages(root, folder, versions)],
    [tool('uv'), pythonPackages(root, folder, versions), modelGraph(root)],
  ];
};

const packages = (root, folder, versions) => {
  const manifests = workspaceManifests(root);
  return {
    name: 'packages',
    label: 'packages of the workspace',
    inputs: hashInputs(
      [versions.node, versions.pnpm, ...manifests],
      ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests].map((file) => join(root, file)),
    ),
    present: () => existsSync(join(root, 'node_modules', '.modules.yaml')),
    run: async () => {
      const env = { ...toolPath(folder), CI: '1', npm_config_loglevel: undefined };
      const { ok, output } = await run(join(folder, 'bin', 'pnpm'), ['install', '--frozen-lockfile'], { cwd: root, env });
      if (!ok) throw explain('the packages of the workspace', 'the npm registry', output);
    },
  };
};

/** The package.json of each package of the workspace, relative to the root; the folders are those of pnpm-workspace.yaml. */
const workspaceManifests = (root) => {
  const listed = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').match(/^packages:\n((?: +- .+\n)+)/m)?.[1] ?? '';
  const folders = [...listed.matchAll(/- ['"]?([^'"\n]+)/g)].map((match) => match[1]);
  const packages = folders.flatMap((folder) => (folder.endsWith('/*') ? childrenOf(root, folder.slice(0, -2)) : [folder]));
  return ['package.json', ...packages.map((folder) => join(folder, 'package.json'))];
};

const childrenOf = (root, folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { encoding: 'utf8' })
        .toSorted()
        .map((name) => join(folder, name))
    : [];

const pythonPackages = (root, folder, versions) => {
  const service = join(root, 'ml-service');
  const lock = join(service, 'requirements.lock');
  return {
    name: 'python-packages',
    label: 'packages of the model service',
    inputs: hashInputs([versions.uv], [lock, join(service, 'pyproject.toml')]),
    present: () => existsSync(join(service, '.venv', 'pyvenv.cfg')),
    run: async () => {
      const python = await findPython();
      const draft = join(newDraft(folder, 'venv'), 'venv');
      const uv = uvOf(folder, service);
      // Relocatable: built aside, then renamed into its place.
      await uv('venv', '--quiet', '--relocatable', '--python', python, draft);
      await uv('pip', 'sync', '--quiet', '--require-hashes', '--python', draft, lock);
      await uv('pip', 'install', '--quiet', '--no-deps', '--python', draft, '--editable', '.');
      swapIn(draft, join(service, '.venv'), newDraft(folder, 'old'));
    },
  };
};

const uvOf =
  (folder, cwd) =>
  async (...args) => {
    const file = join(folder, 'bin', 'uv');
    const env = { VIRTUAL_ENV: undefined, UV_PYTHON_DOWNLOADS: 'never' };
    let result = await run(file, args, { cwd, env });
    // uv brings its own certificates; a proxy's are among the system's.
    if (!result.ok && untrusted.test(result.output)) result = await run(file, [...args, '--system-certs'], { cwd, env });
    if (!result.ok) throw explain('the packages of the model service', 'the Python package index', result.output);
  };

const modelGraph = (root) => {
  const service = join(root, 'ml-service');
  return {
    name: 'model',
    label: 'model graph',
    inputs: hashInputs([], [join(service, 'requirements.lock'), join(service, 'src', 'ml_service', 'graph.py')]),
    present: () => true,
    run: async () => {
      const { ok, output } = await run(join(service, '.venv', 'bin', 'python'), ['-m', 'ml_service.graph'], { cwd: service });
      if (!ok) throw explain('the model graph', 'the installed weights', output);
    },
  };
};

const swapIn = (draft, place, aside) => {
  if (existsSync(place)) renameSync(place, join(aside, 'old'));
  renameSync(draft, place);
  rmSync(aside, { recursive: true, force: true });
};

/** The environment in which the house's own tools come first. */
export const toolPath = (folder) => ({
  PATH: [join(folder, 'bin'), join(folder, '..', 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
});
