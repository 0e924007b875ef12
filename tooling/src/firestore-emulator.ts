import { access, constants, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { freePort } from './ports.ts';
import type { ProcessSpec } from './processes.ts';
import { firstRunnable, onPath } from './programs.ts';
import { Refusal } from './refusal.ts';

export interface FirestoreOptions {
  readonly port: number;
  readonly projectId: string;
  readonly directory: string;
}

/** How to run one of the emulators found on this machine. */
type Command = Pick<ProcessSpec, 'command' | 'args' | 'env'>;
type Launch = (options: FirestoreOptions) => Command | Promise<Command>;

export const rulesFile = fileURLToPath(new URL('../../firebase/firestore.rules', import.meta.url));
const hidaneVersion = '0.6.0';
const host = '127.0.0.1';

/** Where `cargo install hidane --root` puts it: `$XDG_CACHE_HOME/twohop/hidane-0.6.0`. */
const hidaneHome = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'twohop', `hidane-${hidaneVersion}`);

export const firestoreRemedy =
  `No Firestore emulator on this machine, so saved highlights stay off; get one with ` +
  `\`cargo install hidane --version ${hidaneVersion} --locked --root ${hidaneHome()}\` (6 to 9 minutes, once) or install Java 21.`;

/**
 * The first Firestore emulator this machine has: the jar of FIRESTORE_EMULATOR_JAR, the Cloud SDK's jar, hidane on the PATH
 * or in the cache, firebase-tools with Java ≥ 21. `undefined` when there is none: `firestoreRemedy` tells how to get one.
 */
export const firestoreEmulator = async (options: FirestoreOptions): Promise<ProcessSpec | undefined> => {
  const launch = await findLaunch();
  if (!launch) return undefined;
  return {
    name: 'firestore emulator',
    cwd: options.directory,
    ready: { url: `http://${host}:${options.port}/` },
    ...(await launch(options)),
  };
};

/** Builds hidane into the cache where this machine has no emulator: 6 to 9 minutes, once. @throws Refusal saying how to get one */
export const ensureFirestore = async (): Promise<void> => {
  if (await findLaunch()) return;
  const args = ['install', 'hidane', '--version', hidaneVersion, '--locked', '--root', hidaneHome()];
  const { failed } = await execa('cargo', args, { reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' });
  if (failed || !(await findLaunch())) throw new Refusal(firestoreRemedy);
};

/**
 * Loads firestore.rules and requires the emulator's yes. Without this an emulator that could not read its rules file
 * prints an error and allows everything.
 */
export const putRules = async (url: string, projectId: string): Promise<void> => {
  const content = await readFile(rulesFile, 'utf8');
  const response = await fetch(`${url}/emulator/v1/projects/${projectId}:securityRules`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rules: { files: [{ name: 'firestore.rules', content }] } }),
  });
  if (response.status !== 200)
    throw new Error(`firestore.rules was refused by the emulator (${response.status}): ${await response.text()}`);
};

const findLaunch = async (): Promise<Launch | undefined> => {
  const jar = await firstExisting([process.env['FIRESTORE_EMULATOR_JAR'], await cloudSdkJar()]);
  if (jar && (await javaVersion()) >= 17) return jarLaunch(jar);
  const hidane = await firstRunnable([...onPath('hidane'), join(hidaneHome(), 'bin', 'hidane')]);
  if (hidane) return ({ port }) => ({ command: hidane, args: ['--host', host, '--port', String(port), '--rules', rulesFile] });
  return (await javaVersion()) >= 21 ? firebaseToolsLaunch : undefined;
};

const jarLaunch =
  (jar: string): Launch =>
  ({ port }) => ({
    command: 'java',
    args: ['-cp', jar, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore', '--host', host, '--port', String(port)],
  });

const firebaseToolsLaunch: Launch = async ({ port, projectId, directory }) => {
  const folder = join(directory, 'firestore-emulator');
  await mkdir(folder, { recursive: true });
  const [hub, logging, websocketPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const emulators = {
    firestore: { host, port, websocketPort },
    hub: { host, port: hub },
    logging: { host, port: logging },
    ui: { enabled: false },
  };
  const config = join(folder, 'firebase.json');
  await writeFile(config, JSON.stringify({ emulators }));
  const script = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js');
  // Not the project of the Auth emulator beside it: two suites of one project share a hub file and stop each other.
  const args = [script, 'emulators:start', '--only', 'firestore', '--project', `${projectId}-data`, '--config', config];
  return { command: process.execPath, args, env: { CI: '1', XDG_CONFIG_HOME: folder } };
};

const firstExisting = async (candidates: readonly (string | undefined)[]): Promise<string | undefined> => {
  for (const candidate of candidates) {
    if (
      candidate &&
      (await access(candidate, constants.R_OK).then(
        () => true,
        () => false,
      ))
    )
      return candidate;
  }
  return undefined;
};

const cloudSdkJar = async (): Promise<string | undefined> => {
  const gcloud = await firstRunnable(onPath('gcloud'));
  if (!gcloud) return undefined;
  const sdk = dirname(dirname(await realpath(gcloud)));
  return join(sdk, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar');
};

const javaVersion = async (): Promise<number> => {
  const { stderr, failed } = await execa('java', ['-version'], { reject: false });
  return failed ? 0 : Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
};
