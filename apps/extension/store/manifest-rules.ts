import { type Extension, textOf, textsOf } from './extension.ts';

/** How the code uses what each permission allows. One that is not listed is one that nobody has thought about. */
const uses: Readonly<Record<string, RegExp>> = {
  activeTab: /\.scripting\.executeScript\b/,
  contextMenus: /\.contextMenus\./,
  identity: /\.identity\./,
  scripting: /\.scripting\./,
  sidePanel: /\.sidePanel\./,
  storage: /\.storage\b/,
};

const codeOf = (extension: Extension): string =>
  textsOf(extension, /\.m?js$/)
    .map(({ text }) => text)
    .join('\n');

/** A permission that nothing uses is asked for in vain, and stores send it back. */
const unusedPermissions = (extension: Extension): string[] => {
  const code = codeOf(extension);
  const { permissions = [], optional_host_permissions: optional = [] } = extension.manifest;
  const neverAsked = optional.length > 0 && !/\.permissions\.request\b/.test(code);
  const unused = permissions.flatMap((name) => {
    const use = uses[name];
    if (!use) return [`${name} is not known to be needed: say in store/manifest-rules.ts what uses it`];
    return use.test(code) ? [] : [`${name} is not used`];
  });
  return neverAsked ? [...unused, `${optional.join(', ')} is never asked for`] : unused;
};

/** The server and nothing else: all other pages are read by `activeTab`, after a click. */
const hostPermissions = ({ manifest }: Extension): string[] => {
  const patterns = [...(manifest.host_permissions ?? []), ...(manifest.optional_host_permissions ?? [])];
  const broad = patterns.filter((pattern) => !/^https:\/\/[\w-]+(?:\.[\w-]+)+\/\*$/.test(pattern));
  const declared = (manifest.content_scripts ?? []).map(() => 'content_scripts read pages without a click');
  return [...broad.map((pattern) => `${pattern} is more than one server over https`), ...declared];
};

/** The browser holds to this whatever the code does. */
const contentPolicy = ({ manifest }: Extension): string[] => {
  const policy = manifest.content_security_policy?.extension_pages ?? '';
  const scripts = /(?:^|;)\s*script-src\s+([^;]*)/.exec(policy)?.[1]?.trim();
  const connect = /(?:^|;)\s*connect-src\s+([^;]*)/.exec(policy)?.[1] ?? '*';
  return [
    ...(scripts === "'self'" ? [] : [`script-src must be 'self', not ${scripts ?? 'missing'}`]),
    ...(/'unsafe-/.test(policy) ? ['nothing may be unsafe'] : []),
    ...connect
      .split(/\s+/)
      .flatMap((source) => (/^(?:'self'|https:\/\/[\w.-]+(?::\d+)?)$/.test(source) ? [] : [`connect-src ${source}`])),
  ];
};

/** Fields that a store reads, by its own limits. */
const manifestFields = ({ target, manifest, files }: Extension): string[] => {
  const { gecko } = manifest.browser_specific_settings ?? {};
  const messages = JSON.parse(textOf(files, `_locales/${manifest.default_locale}/messages.json`) || '{}') as Record<
    string,
    { message: string } | undefined
  >;
  const told = (field = ''): string => field.replaceAll(/__MSG_(\w+)__/g, (_match, key: string) => messages[key]?.message ?? '');
  const wrong = [
    [manifest.manifest_version !== 3, 'manifest_version must be 3'],
    [manifest.key !== undefined, 'key: the store gives one, and refuses an upload that has its own'],
    [manifest.update_url !== undefined, 'update_url: the store updates'],
    [!/^\d{1,5}(?:\.\d{1,5}){0,3}$/.test(manifest.version ?? ''), 'version must be one to four numbers'],
    [told(manifest.name) === '' || told(manifest.name).length > 45, 'name must have 1 to 45 characters'],
    [told(manifest.description) === '' || told(manifest.description).length > 132, 'description must have 1 to 132 characters'],
    [!['16', '48', '128'].every((size) => manifest.icons?.[size]), 'icons of 16, 48 and 128 pixels are needed'],
    [target === 'firefox-mv3' && !gecko?.id, 'browser_specific_settings.gecko.id is needed'],
    [
      target === 'firefox-mv3' && !gecko?.data_collection_permissions?.required?.includes('websiteContent'),
      'data_collection_permissions must say that the text of pages is sent',
    ],
  ] as const;
  return wrong.flatMap(([isWrong, finding]) => (isWrong ? [finding] : []));
};

/** Files that the manifest or a page names and that are not there. */
const missingFiles = (extension: Extension): string[] => {
  const { manifest, files } = extension;
  const { background = {}, action, side_panel, sidebar_action, options_ui, icons = {} } = manifest;
  const named = [
    background.service_worker,
    ...(background.scripts ?? []),
    action?.default_popup,
    side_panel?.default_path ?? sidebar_action?.default_panel,
    options_ui?.page,
    ...Object.values(icons),
  ];
  const linked = textsOf(extension, /\.html$/).flatMap(({ path, text }) =>
    [...text.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, link = '']) =>
      link.startsWith('/') ? link.slice(1) : new URL(link, `file:///${path}`).pathname.slice(1),
    ),
  );
  const injected = [...codeOf(extension).matchAll(/files:\s*\[["'`]([^"'`]+)/g)].map(([, path]) => path);
  const all = [...named, ...linked, ...injected].filter((path) => path !== undefined);
  return all.filter((path) => !files.has(path)).map((path) => `${path} is not there`);
};

/** All languages say all that English says. */
const locales = ({ files, manifest }: Extension): string[] => {
  const keysOf = (path: string) => new Set(Object.keys(JSON.parse(textOf(files, path)) as object));
  const paths = [...files.keys()].filter((path) => /^_locales\/\w+\/messages\.json$/.test(path));
  const first = `_locales/${manifest.default_locale}/messages.json`;
  if (!files.has(first)) return [`${first} is not there`];
  const english = [...keysOf(first)];
  return paths.flatMap((path) => {
    const said = keysOf(path);
    return english.filter((key) => !said.has(key)).map((key) => `${path} lacks ${key}`);
  });
};

export const manifestRules = { unusedPermissions, hostPermissions, contentPolicy, manifestFields, missingFiles, locales };
