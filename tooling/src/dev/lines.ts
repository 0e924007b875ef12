import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** What a task is called at the terminal; the others by their package. */
const names: Readonly<Record<string, string>> = {
  'tooling:dev': 'emulators',
  'tooling:dev:ml': 'model',
  'tooling:dev:contract': 'contract',
  'tooling:dev:types': 'types',
};
const nameWidth = 10;

const noise = [/^cache bypass, force executing/, /^\$ /, /^\s*$/];

/** A line of turbo's output as a developer wants it: `server     listening`. `undefined` for turbo's own talk. */
export const toDevLine = (line: string): string | undefined => {
  const plain = stripVTControlCharacters(line);
  const found = /^@twohop\/([\w-]+):(dev[\w:]*): ?(.*)$/.exec(plain);
  if (!found) return undefined;
  const [, name = '', task = '', words = ''] = found;
  if (noise.some((each) => each.test(words))) return undefined;
  const label = names[`${name}:${task}`] ?? name;
  return `${pc.dim(label.padEnd(nameWidth))} ${logLine(words) ?? coloured(line)}`;
};

/** The task's own words with their colours: what follows turbo's prefix. */
const coloured = (line: string): string => line.slice(line.indexOf(': ', line.indexOf(':dev')) + 2);

const levels: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

interface LogEntry {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
}

/** The server's JSON log for human eyes; `undefined` when the line is none. */
const logLine = (line: string): string | undefined => {
  const entry = parse(line);
  if (!entry) return undefined;
  const { level, time, msg = '', ...rest } = entry;
  const details = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [new Date(time).toTimeString().slice(0, 8), levels[level] ?? level, msg, pc.dim(details.join(' '))]
    .join(' ')
    .trimEnd();
  return level >= 50 ? pc.red(text) : level >= 40 ? pc.yellow(text) : text;
};

const parse = (line: string): LogEntry | undefined => {
  if (!line.startsWith('{"level":')) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
};
