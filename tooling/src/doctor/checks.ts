import { alerts } from './alerts.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { firebaseKey } from './firebase.ts';
import { keyAge, keyStrength } from './keys.ts';
import { modelDoor } from './model.ts';
import { caps, maximumBill, priceAge } from './money.ts';
import { combinations, settings } from './settings.ts';
import { clock, emulator, health, metricsPrivate, strangers } from './target.ts';

/** In the order of the report. */
export const checks: readonly Check[] = [
  { name: 'settings', run: settings },
  { name: 'combinations', run: combinations },
  { name: 'key strength', run: keyStrength },
  { name: 'key age', run: keyAge },
  { name: 'caps', run: caps },
  { name: 'maximum bill', run: maximumBill },
  { name: 'prices', run: priceAge },
  { name: 'alerts', run: alerts },
  { name: 'firebase key', run: firebaseKey },
  { name: 'health', run: health },
  { name: 'strangers', run: strangers },
  { name: 'emulator', run: emulator },
  { name: 'metrics', run: metricsPrivate },
  { name: 'clock', run: clock },
  { name: 'model', run: modelDoor },
];

export async function examine(patient: Patient): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async ({ name, run }) => (await run(patient)).map((said) => ({ check: name, ...said }))),
  );
  return found.flat();
}
