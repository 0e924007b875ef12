/**
 * `npm run doctor`: what is wrong with this machine's settings, and with `--target URL` and `--model URL` of a deployment, each with
 * its remedy. `--env FILE` reads settings from a file on top of the environment. Exit code 1 when something fails; `--json` for
 * machines. `--send-alert` sends a test alert to whoever is told.
 */
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { runCommand } from './command.ts';
import { examine } from './doctor/checks.ts';
import type { Finding } from './doctor/finding.ts';
import { patientOf } from './doctor/patient.ts';

const marks: Readonly<Record<Finding['level'], string>> = {
  ok: pc.green('✓'),
  warn: pc.yellow('!'),
  fail: pc.red('✗'),
  unchecked: pc.dim('·'),
};

const lineOf = ({ check, level, says, remedy }: Finding): string =>
  `${marks[level]} ${check.padEnd(13)} ${level === 'unchecked' ? pc.dim(says) : says}${remedy ? `\n${' '.repeat(16)}${pc.cyan('→')} ${remedy}` : ''}`;

const main = async (): Promise<number> => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { json: flag, 'send-alert': flag, target: text, model: text, env: text } });
  const findings = await examine(await patientOf(values));
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const ok = count('fail') === 0;
  const closing = `${count('ok')} sound, ${count('warn')} to look at, ${count('fail')} wrong, ${count('unchecked')} not checked`;
  console.log(values.json ? JSON.stringify({ ok, findings }) : [...findings.map(lineOf), '', closing].join('\n'));
  return ok ? 0 : 1;
};

await runCommand(main);
