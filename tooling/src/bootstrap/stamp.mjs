import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOrEmpty } from './identity.mjs';

/**
 * One hash over all that a step's result depends on. A missing file counts as such.
 * @param {readonly string[]} values @param {readonly string[]} files
 */
export const hashInputs = (values, files = []) => {
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const file of files) hash.update(`\0${readOrEmpty(file)}`);
  return hash.digest('hex');
};

/** The proof that a step was finished with these inputs: written last, by a rename, so that an interruption leaves none. */
export const stamps = (folder) => {
  const file = (name) => join(folder, 'stamps', name);
  return {
    has: (name, inputs) => readOrEmpty(file(name)) === inputs,
    write: (name, inputs) => {
      mkdirSync(dirname(file(name)), { recursive: true });
      writeFileSync(`${file(name)}.${process.pid}`, inputs);
      renameSync(`${file(name)}.${process.pid}`, file(name));
    },
    drop: (name) => rmSync(file(name), { force: true }),
  };
};
