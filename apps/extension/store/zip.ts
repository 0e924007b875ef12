import { zipSync } from 'fflate';
import type { Extension } from './extension.ts';

/** One moment for all files: the same build gives the same bytes. The format counts from 1980, in local time. */
const mtime = new Date(1980, 0, 1);

export const zip = ({ files }: Extension): Uint8Array =>
  zipSync(Object.fromEntries([...files].map(([path, bytes]) => [path, [bytes, { level: 9, mtime }]])));
