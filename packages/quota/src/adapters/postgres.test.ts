import { afterAll, beforeAll } from 'vitest';
import { accountsContract } from '../testing/accounts-contract.ts';
import { ledgerContract } from '../testing/ledger-contract.ts';
import { type RealPostgres, realPostgres } from '../testing/real-postgres.ts';
import { postgresStore } from './postgres.ts';

let postgres: RealPostgres;
beforeAll(async () => {
  postgres = await realPostgres();
}, 60_000);
afterAll(() => postgres.stop());

let schemas = 0;
const open = (schema = `ledger_${++schemas}`, deadlineMs = 5_000) => postgresStore({ url: postgres.url, schema, deadlineMs });

ledgerContract('postgres', async () => {
  const ledger = await open();
  return { ledger, reopen: () => open(`ledger_${schemas}`) };
});

accountsContract('postgres', () => open());
