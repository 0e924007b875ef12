import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Python of ml-service's own environment, which the bootstrap builds. */
export const python = (): string => {
  const windows = join(root, 'ml-service', '.venv', 'Scripts', 'python.exe');
  return existsSync(windows) ? windows : join(root, 'ml-service', '.venv', 'bin', 'python');
};
