import pc from 'picocolors';
import type { FirstRun } from './first-run.ts';

const hopNames: Readonly<Record<string, string>> = {
  'sign-in': 'sign in (Auth emulator)',
  'client-to-server': 'client ⇄ server (network, JSON)',
  authenticate: 'authenticate (ID token)',
  'rate-limit': 'rate limit',
  reserve: 'reserve (hold the budget)',
  model: 'server ⇄ model',
  settle: 'settle (charge what ran)',
  total: 'total',
};

/** The result for the person at the terminal. `columns`: how wide it is. */
export const report = (run: FirstRun, origin: string, columns: number): string =>
  [
    heading(`Key sentences of ${origin}`, `${run.highlights.length} of ${run.sentences}`),
    ...sentencesOf(run, columns),
    '',
    ...receiptOf(run),
    '',
    ...hopsOf(run),
  ].join('\n');

const heading = (text: string, aside: string): string => `${pc.bold(text)}  ${pc.dim(aside)}`;

const sentencesOf = ({ highlights }: FirstRun, columns: number): string[] => {
  const width = Math.max(40, Math.min(columns, 110) - 12);
  return highlights.flatMap(({ text, score }, index) => {
    const [first = '', ...rest] = wrap(text, width);
    const number = pc.cyan(String(index + 1).padStart(3));
    return [`${number}  ${pc.dim(score.toFixed(2))}  ${first}`, ...rest.map((line) => `${' '.repeat(11)}${line}`)];
  });
};

/** Lines of at most `width` characters, broken at white space. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

const receiptOf = ({ receipt }: FirstRun): string[] => {
  const row = (label: string, value: string) => `  ${label.padEnd(10)} ${value}`;
  const usd = (receipt.priceMicroUsd / 1e6).toFixed(6);
  return [
    heading('Receipt', `run ${receipt.runId}`),
    row('compute', `${seconds(receipt.computeUs)} ${pc.dim('of the model')}`),
    row('price', `$${usd} ${pc.dim(`at the price of ${receipt.priceAsOf}`)}`),
    row('left', `${seconds(receipt.remainingUs)} ${pc.dim(`until ${localTime(receipt.resetsAt)}`)}`),
  ];
};

const seconds = (us: number): string => `${(us / 1e6).toLocaleString('en', { maximumFractionDigits: us < 10e6 ? 3 : 1 })} s`;

const localTime = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });

const barWidth = 24;

const hopsOf = ({ hopsMs }: FirstRun): string[] => {
  const total = hopsMs['total'] ?? 1;
  const rows = Object.entries(hopsMs).map(([name, ms]) => {
    const inner = name.startsWith('model-');
    const label = inner ? `  ${name.slice('model-'.length)}` : (hopNames[name] ?? name);
    const bar = name === 'total' ? '' : '▇'.repeat(Math.round((ms / total) * barWidth));
    const line = `  ${label.padEnd(34)} ${ms.toFixed(1).padStart(9)} ms  `;
    return name === 'total' ? pc.bold(line) : `${inner ? pc.dim(line) : line}${pc.cyan(bar)}`;
  });
  return [heading('Time per hop', ''), ...rows];
};
