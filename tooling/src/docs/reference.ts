import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes, errors } from '@twohop/api/errors';
import { configRows } from './config-rows.ts';

/** The pages of docs/reference by their file names: each is read from the code, so none can say anything else. */
export async function referencePages(root: string): Promise<Readonly<Record<string, string>>> {
  const read = (path: string) => readFile(join(root, path), 'utf8');
  return {
    'commands.md': await commandsPage(read),
    'config.md': await configPage(root, read),
    'errors.md': errorsPage(),
    'settings.md': settingsPage(await read('.env.example')),
  };
}

type Read = (path: string) => Promise<string>;

/** A page is a Vue template in the end, and a table is cut at its bars. */
const plain = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;{')))
    .join('')
    .replaceAll('|', '\\|');

const page = (title: string, lead: string, lines: readonly string[]): string =>
  [`# ${title}`, '', '<!-- Written by `npm run docs`: change the code instead. -->', '', lead, '', ...lines, ''].join('\n');

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => plain(cell)).join(' | ')} |`;

function errorsPage(): string {
  const rows = errorCodes.map((code) => {
    const { http, owner, retry, charged, message } = errors[code];
    return row(`\`${code}\``, String(http), owner, retry, charged, message);
  });
  const lead =
    'Every refusal and failure of both hops. `owner`: who has to act. `retry`: what a client may do by itself; the SDK does it. ' +
    '`charged`: `cap` is paid by the project and not by the user, `ran` is what had run by then.';
  return page('Error codes', lead, ['| code | HTTP | owner | retry | charged | |', '| - | - | - | - | - | - |', ...rows]);
}

/** Comments above a setting are its text; a line `# --- Title ---` begins a section. */
function settingsPage(example: string): string {
  const lines: string[] = [];
  let said: string[] = [];
  for (const line of example.split('\n')) {
    const section = /^# --- (.+) ---$/.exec(line)?.[1];
    const setting = /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (section) lines.push('', `## ${plain(section)}`, '', '| setting | default | |', '| - | - | - |');
    else if (setting) lines.push(row(`\`${setting[1]}\``, setting[2] ? `\`${setting[2]}\`` : '', said.join(' ')));
    if (section || setting || line === '') said = [];
    else said.push(line.replace(/^# ?/, ''));
  }
  return page('Settings', 'Read from the environment. `.env.example` is the same list, to copy from.', lines.slice(1));
}

async function configPage(root: string, read: Read): Promise<string> {
  const shipped = (await import(join(root, 'twohop.config.ts'))) as { default: object };
  const rows = configRows(await read('apps/server/src/define-config.ts'), shipped.default);
  const lead = 'Plans, limits and prices, in `twohop.config.ts`: typed, and without secrets. Names in angle brackets are yours.';
  return page('Config', lead, [
    '| field | ships with | |',
    '| - | - | - |',
    ...rows.map(({ field, ships, text }) => row(`\`${field}\``, ships, text)),
  ]);
}

/** What a command's own file says of it, from its name on: each begins so. */
async function commandsPage(read: Read): Promise<string> {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
  const sections = await Promise.all(
    Object.keys(scripts).map(async (name) => {
      const file = `tooling/src/${name.replaceAll(':', '-')}.ts`;
      const text = name === 'setup' ? SETUP : saidIn(await read(file), name);
      if (text === null) throw new Error(`${file} does not say what \`npm run ${name}\` does, in a comment that begins so`);
      return [`## ${name}`, '', plain(text), ''];
    }),
  );
  const lead = 'From the root of the repository; on a fresh machine each of them sets up first what it needs.';
  return page('Commands', lead, sections.flat().slice(0, -1));
}

/** It has no file of its own: it is what the bootstrap does before every command. */
const SETUP = '`npm run setup`: brings the tools and packages of the house into this folder, and does nothing else.';

function saidIn(source: string, name: string): string | null {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  const said = comments.map((comment) =>
    comment
      .replaceAll(/^\s*(\/\*\*|\*\/|\*)\s?|\s*\*\/$/gm, '')
      .trim()
      .replaceAll('\n', ' '),
  );
  return said.find((text) => new RegExp(`^\`npm (run )?${name}\\b`).test(text)) ?? null;
}
