import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { explain, SetupFailure } from './failure.mjs';
import { findPython } from './python.mjs';
import { run } from './run.mjs';

/**
 * The three tools of the house. Each `ensure` puts a link into `.toolchain/bin`: to the machine's own when it is the right
 * version, else to one fetched into `.toolchain`.
 * @param {{ folder: string, versions: { node: string, pnpm: string, uv: string } }} house
 */
export const fetchTools = ({ folder, versions }) => {
  const link = (name, target) => {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const draft = join(folder, 'bin', `.${name}.${process.pid}`);
    rmSync(draft, { force: true });
    symlinkSync(target, draft);
    renameSync(draft, join(folder, 'bin', name));
  };
  const fetched = async (name, version, install) => {
    const home = join(folder, `${name}-${version}`);
    const draft = newDraft(folder, name);
    await install(draft);
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
    return home;
  };
  return {
    node: async () => {
      if (isNode24(process.versions.node)) return link('node', process.execPath);
      const home = await fetched('node', versions.node, (draft) =>
        npmInstall(draft, `node@${versions.node}`, `Node ${versions.node}`),
      );
      link('node', join(home, 'node_modules', 'node', 'bin', 'node'));
    },
    pnpm: async () => {
      const own = await ownTool('pnpm', versions.pnpm, folder);
      if (own) return link('pnpm', own);
      const home = await fetched('pnpm', versions.pnpm, (draft) =>
        npmInstall(draft, `pnpm@${versions.pnpm}`, `pnpm ${versions.pnpm}`),
      );
      link('pnpm', join(home, 'node_modules', 'pnpm', 'pnpm'));
    },
    uv: async () => {
      const own = await ownTool('uv', versions.uv, folder);
      if (own) return link('uv', own);
      const home = await fetched('uv', versions.uv, (draft) => pipInstall(draft, versions.uv));
      link('uv', join(home, 'bin', 'uv'));
    },
  };
};

const isNode24 = (version) => version.startsWith('24.');

/** Everything is built here and renamed into its place when it is whole. */
export const newDraft = (folder, name) => {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  return mkdtempSync(join(folder, 'tmp', `${name}-`));
};

/** The program's path when the machine has exactly this version. Asked outside the repository, whose settings may redirect it. */
const ownTool = async (name, version, folder) => {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    if (!place || place.startsWith(dirname(folder))) continue;
    const file = join(place, name);
    const { ok, output } = await run(file, ['--version'], { cwd: tmpdir() });
    if (ok && output.split(/\s+/).includes(version)) return file;
  }
  return undefined;
};

const npmInstall = async (draft, wanted, what) => {
  // A package.json makes the draft npm's folder. --prefix would too, but takes the machine's own npmrc out of force: a
  // company's registry and certificates stand there.
  writeFileSync(join(draft, 'package.json'), '{}');
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const args = ['install', '--no-save', '--ignore-scripts=false', '--fetch-retries=1', ...quiet, wanted];
  const { ok, missing, output } = await run('npm', args, {
    cwd: draft,
    env: { npm_config_global: undefined, npm_config_location: undefined },
  });
  if (missing)
    throw new SetupFailure(
      `npm is missing, and ${what} comes from it: install Node with npm from https://nodejs.org, then run the same command again.`,
    );
  if (!ok) throw explain(what, 'the npm registry', output);
};

const pipInstall = async (draft, version) => {
  const python = await findPython();
  const probe = await run(python, ['-m', 'pip', '--version']);
  if (!probe.ok) {
    throw new SetupFailure(
      `${python} has no pip, and uv ${version} comes from it: install it (Debian and Ubuntu: \`apt install python3-pip\`) or install uv ${version} itself.`,
    );
  }
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--target',
    draft,
    `uv==${version}`,
  ];
  const { ok, output } = await run(python, args, { env: { PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' } });
  if (!ok) throw explain(`uv ${version}`, 'the Python package index', output);
};
