import { undiciAsk } from '@twohop/ml-client/undici';
import { sqliteStore } from '@twohop/quota/sqlite';
import { channelsOf } from '../adapters/alert-channels.ts';
import { firebaseUsers } from '../adapters/firebase-users.ts';
import { googleIdToken } from '../adapters/google-id-token.ts';
import type { Runtime } from './runtime.ts';

/** A process with a disk, sockets and threads of its own. */
export const nodeRuntime: Runtime = {
  sqliteStore: (path) => sqliteStore({ path }),
  firebaseUsers,
  googleIdToken: (audience) => googleIdToken({ audience }),
  channels: channelsOf,
  // Loaded only where it is wanted: it takes longer to load than all else here together.
  traces: async (log) => (await import('../adapters/otlp-traces.ts')).otlpTraces({ log }),
  ask: undiciAsk,
};
