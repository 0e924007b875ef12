import { nodeRuntime } from './node.ts';
import { noSqlite, type Runtime } from './runtime.ts';

/** What Node has, but for the ledger in a file: its threads end by what Deno's have not. */
export const denoRuntime: Runtime = { ...nodeRuntime, sqliteStore: noSqlite };
