import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../manifest.ts';

/** What the rules read of a manifest. */
export interface Manifest {
  readonly manifest_version?: number;
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly default_locale?: string;
  readonly key?: string;
  readonly update_url?: string;
  readonly icons?: Readonly<Record<string, string>>;
  readonly action?: { readonly default_popup?: string };
  readonly background?: { readonly service_worker?: string; readonly scripts?: readonly string[] };
  readonly side_panel?: { readonly default_path?: string };
  readonly sidebar_action?: { readonly default_panel?: string };
  readonly options_ui?: { readonly page?: string };
  readonly permissions?: readonly string[];
  readonly host_permissions?: readonly string[];
  readonly optional_host_permissions?: readonly string[];
  readonly content_scripts?: readonly unknown[];
  readonly content_security_policy?: { readonly extension_pages?: string };
  readonly browser_specific_settings?: {
    readonly gecko?: { readonly id?: string; readonly data_collection_permissions?: { readonly required?: readonly string[] } };
  };
}

/** An extension as it goes to a store: its files by their paths. */
export interface Extension {
  readonly target: Target;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly manifest: Manifest;
}

/** Reads a built folder. Stores give an id of their own: with `key` in it Chrome's refuses the upload. */
export const readExtension = async (folder: string, target: Target): Promise<Extension> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const));
  const files = new Map<string, Uint8Array>(read.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  const { key: _, ...manifest } = JSON.parse(textOf(files, 'manifest.json')) as Manifest;
  files.set('manifest.json', new TextEncoder().encode(JSON.stringify(manifest, null, 2)));
  return { target, files, manifest };
};

export const textOf = (files: Extension['files'], path: string): string => new TextDecoder().decode(files.get(path));

/** Files of one kind and what stands in them. */
export const textsOf = ({ files }: Extension, kind: RegExp): { path: string; text: string }[] =>
  [...files.keys()].filter((path) => kind.test(path)).map((path) => ({ path, text: textOf(files, path) }));
