import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../refusal.ts';
import { root } from '../root.ts';
import { type Certificate, raisedBy } from './core/certificate.ts';

const FILE = 'forecast.certificate.json';
const path = join(root, FILE);

const Accepted = z.object({ certificateUsd: z.number().nonnegative(), unbounded: z.array(z.string()) });

/** The maximum bill that somebody has accepted by committing it. */
async function accepted(): Promise<z.output<typeof Accepted> | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return Accepted.parse(JSON.parse(text));
  } catch {
    throw new Refusal(`${FILE} cannot be read: write it anew with npm run forecast -- --certificate --accept.`);
  }
}

export const acceptCertificate = (certificate: Certificate): Promise<void> =>
  writeFile(path, `${JSON.stringify(certificate, null, 2)}\n`);

/** Why this certificate must not pass unseen; none when it is at most what was accepted. */
export async function objections(certificate: Certificate): Promise<string[]> {
  const known = await accepted();
  return known ? raisedBy(known, certificate) : [`There is no ${FILE} yet.`];
}

export const howToAccept = `Accept it with npm run forecast -- --certificate --accept, and commit ${FILE}.`;
