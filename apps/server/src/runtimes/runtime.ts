import type { Log, Traces } from '@twohop/api';
import type { Ask } from '@twohop/ml-client';
import type { Store } from '@twohop/quota';
import type { FirebaseUsers, FirebaseUsersOptions } from '../adapters/firebase-users.ts';
import type { ChannelSettings } from '../alerts/channels.ts';
import type { Channel } from '../alerts/deliver.ts';
import { ConfigError } from '../config.ts';

export interface ClosableTraces extends Traces {
  close?(): Promise<void>;
}

/**
 * What not every runtime has, or has in its own way. All else of the first hop is the same on each.
 *
 * @throws ConfigError naming the setting that asks for what this runtime lacks
 */
export interface Runtime {
  sqliteStore(path: string): Promise<Store>;
  firebaseUsers(options: FirebaseUsersOptions): FirebaseUsers;
  /** Headers that let this server through to a model that Google guards. */
  googleIdToken(audience: string): () => Promise<Readonly<Record<string, string>>>;
  channels(settings: ChannelSettings): Channel[];
  traces(log: Log): Promise<ClosableTraces>;
  /** Reaches the model at that address. */
  ask(url: string): Ask;
}

export const refuse = (message: string) => (): never => {
  throw new ConfigError(message);
};

export const noSqlite = refuse('LEDGER_URL: no file holds a ledger here; set postgres://<user>:<password>@<host>/<database>');
