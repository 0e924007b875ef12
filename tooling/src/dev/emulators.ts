import { watch } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authEmulator } from '../emulators.ts';
import { firestoreEmulator, firestoreRemedy, putRules, rulesFile } from '../firestore-emulator.ts';
import { aborted, watchInterruption } from '../lifecycle.ts';
import { urlOf } from '../parts.ts';
import { createSupervisor, type Supervisor } from '../processes.ts';
import { devPlan } from './environment.ts';

/** The emulators' own lines are for emulator makers; ours say what a developer of the house needs. */
const main = async (): Promise<void> => {
  const interruption = watchInterruption();
  const { ports, env } = devPlan(process.env);
  const projectId = env['FIREBASE_PROJECT_ID'] ?? 'demo-twohop';
  const directory = await mkdtemp(join(tmpdir(), 'twohop-dev-'));
  const supervisor = createSupervisor({ scratch: directory });
  const auth = async () => {
    const { readyMs } = await supervisor.start(await authEmulator({ port: ports.auth, projectId, directory }));
    console.log(`Auth emulator at ${urlOf(ports.auth)} after ${(readyMs / 1000).toFixed(1)} s`);
  };
  const started = Promise.all([auth(), firestore(supervisor, { port: ports.firestore, projectId, directory })]);
  try {
    await Promise.race([started, aborted(interruption.signal)]);
    await aborted(interruption.signal);
  } finally {
    await supervisor.stop();
    await started.catch(() => undefined);
  }
};

const firestore = async (supervisor: Supervisor, options: Parameters<typeof firestoreEmulator>[0]): Promise<void> => {
  const spec = await firestoreEmulator(options);
  if (!spec) return console.log(firestoreRemedy);
  await supervisor.start(spec);
  const url = urlOf(options.port);
  const load = async (): Promise<void> => {
    await putRules(url, options.projectId).then(
      () => console.log(`Firestore emulator at ${url} with firebase/firestore.rules`),
      (error: Error) => console.error(error.message),
    );
  };
  await load();
  watch(rulesFile, () => void load());
};

await main();
process.exit();
