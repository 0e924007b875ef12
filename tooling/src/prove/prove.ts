import { type Check, type Setting, sharedHouseOf } from './check.ts';
import type { Row } from './row.ts';

/** Runs each check over each store, one after another: they measure, and a neighbour would be in the figures. */
export async function prove(checks: readonly Check[], settings: readonly Omit<Setting, 'sharedHouse'>[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const setting of settings) {
    const [sharedHouse, close] = sharedHouseOf(setting);
    for (const check of checks) rows.push(...(await rowsOf(check, { ...setting, sharedHouse })));
    await close();
  }
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
