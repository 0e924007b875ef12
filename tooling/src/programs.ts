import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where a program of one of these names would be found, in the order of PATH. */
export const onPath = (...names: readonly string[]): string[] =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)));

/** The first of these files that this user may run. */
export async function firstRunnable(candidates: readonly (string | undefined)[]): Promise<string | undefined> {
  for (const path of candidates) {
    const runs =
      path &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (runs) return path;
  }
  return undefined;
}
