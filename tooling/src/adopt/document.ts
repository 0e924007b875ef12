import { readFile } from 'node:fs/promises';
import { Refusal } from '../refusal.ts';

export interface Schema {
  readonly [key: string]: unknown;
}
interface Media {
  readonly schema?: Schema;
}
export interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, Media>> };
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

/** As far as it is read here. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const PATIENCE_MS = 10_000;

/** Reads an OpenAPI 3 document from a file or an address. @throws Refusal with what is wrong about it */
export async function readDocument(from: string): Promise<OpenApi> {
  const text = await (/^https?:\/\//.test(from) ? fetched(from) : readFile(from, 'utf8')).catch((error: unknown) => {
    throw new Refusal(`${from} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const document = parsed(text) as Partial<OpenApi> | null | undefined;
  if (!document?.openapi?.startsWith('3.') || !document.paths || !document.info) {
    throw new Refusal(`${from} is not an OpenAPI 3 document in JSON; FastAPI serves one at /openapi.json.`);
  }
  return document as OpenApi;
}

async function fetched(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return response.text();
  const hint = response.status === 401 ? '; a protected app shows it with TWOHOP_ENV=development' : '';
  throw new Error(`it answers ${response.status}${hint}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
