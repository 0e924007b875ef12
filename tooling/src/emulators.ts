import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import type { ProcessSpec } from './processes.ts';

export interface AuthEmulatorOptions {
  readonly port: number;
  /** `demo-…`, and unique among emulators that run at the same time: firebase-tools keys its hub file by it. */
  readonly projectId: string;
  /** An existing folder of this run: configuration, logs and firebase-tools' own settings go there, not into the home. */
  readonly directory: string;
}

/** The Auth emulator alone, so that no Java is needed. Takes 5 to 15 s until it is ready. */
export const authEmulator = async (options: AuthEmulatorOptions): Promise<ProcessSpec> => {
  const directory = join(options.directory, 'auth-emulator');
  await mkdir(directory, { recursive: true });
  const host = '127.0.0.1';
  const emulators = {
    singleProjectMode: false,
    auth: { host, port: options.port },
    hub: { host, port: await freePort() },
    logging: { host, port: await freePort() },
    ui: { enabled: false },
  };
  await writeFile(join(directory, 'firebase.json'), JSON.stringify({ emulators }));
  const script = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js');
  return {
    name: 'auth emulator',
    command: process.execPath,
    args: [script, 'emulators:start', '--only', 'auth', '--project', options.projectId],
    cwd: directory,
    env: { CI: '1', XDG_CONFIG_HOME: directory, METADATA_SERVER_DETECTION: 'none', FIREBASE_CLI_DISABLE_UPDATE_CHECK: '1' },
    ready: { url: `http://${host}:${options.port}/` },
  };
};
