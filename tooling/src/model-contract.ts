import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where an adopted contract lies, from the root of the workspace. */
export const adoptedContract = 'packages/ml-client/openapi.json';

/** The second hop's contract, from the root of the workspace: the adopted one, else that of the model that ships. */
export const modelContract = (folder: string): string =>
  existsSync(join(folder, adoptedContract)) ? adoptedContract : 'ml-service/openapi.json';
