import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Size {
  /** `popup.js`, without Plasmo's hash. */
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Scripts and styles of a built extension: what the browser has to read before anything shows. */
export const sizesOf = async (folder: string): Promise<Size[]> => {
  const files = await readdir(folder, { recursive: true });
  const code = files.filter((file) => ['.js', '.css'].includes(extname(file)));
  const sizes = await Promise.all(
    code.map(async (file) => {
      const content = await readFile(join(folder, file));
      return { name: entryName(file), bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length };
    }),
  );
  return sizes.toSorted((one, other) => one.name.localeCompare(other.name));
};

/** `popup.7b7f9949.js` → `popup.js`, `static/background/index.js` → `background.js` */
const entryName = (file: string): string => file.replace(/^static\/(.+)\/index\./, '$1.').replace(/\.[0-9a-f]{8}\./, '.');

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);

export const sizeLine = (folder: string, sizes: readonly Size[]): string => {
  const parts = sizes.map(({ name, bytes, gzipBytes }) => `${name} ${kilobytes(bytes)} kB (${kilobytes(gzipBytes)} gz)`);
  return `${relative(process.cwd(), folder)}  ${parts.join(' · ')}`;
};
