import { type Check, type Setting, sharedHouseOf } from './check.ts';
import type { Row } from './row.ts';

type StoreSetting = Omit<Setting, 'sharedHouse'>;

/**
 * Runs each check over each store, one after another: they measure, and a neighbour would be in the figures. Quick proofs judge no
 * figures: their stores share the machine.
 */
export async function prove(checks: readonly Check[], settings: readonly StoreSetting[]): Promise<Row[]> {
  if (settings.every(({ quick }) => quick)) return (await Promise.all(settings.map((each) => overStore(checks, each)))).flat();
  const rows: Row[] = [];
  for (const setting of settings) rows.push(...(await overStore(checks, setting)));
  return rows;
}

async function overStore(checks: readonly Check[], setting: StoreSetting): Promise<Row[]> {
  const [sharedHouse, close] = sharedHouseOf(setting);
  const rows: Row[] = [];
  for (const check of checks) rows.push(...(await rowsOf(check, { ...setting, sharedHouse })));
  await close();
  return rows;
}

/** A check that breaks is a row that is not ok: a proof that could not be made proves nothing. */
async function rowsOf(check: Check, setting: Setting): Promise<Row[]> {
  const store = setting.store.name;
  const startMs = performance.now();
  const findings = await check.run(setting).catch((error: unknown) => {
    const actual = error instanceof Error ? error.message : String(error);
    return [{ name: check.name, ok: false, expected: 'the check runs to its end', actual }];
  });
  const bad = findings.filter(({ ok }) => !ok).length;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  setting.tell(
    `${bad === 0 ? '✓' : '✗'} ${check.name} on ${store}: ${findings.length - bad}/${findings.length} rows, ${seconds} s`,
  );
  for (const { ok, name, actual } of findings) if (!ok) setting.tell(`✗ ${name}: ${actual}`);
  return findings.map(({ name, ok, expected, actual }) => ({ name, store, ok, expected, actual }));
}
