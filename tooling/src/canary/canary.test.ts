import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as check from '../check-guards.ts';
import { arrowMessages } from '../lint/arrows.ts';
import { root } from '../root.ts';
import { copyWorkspace } from '../workspace-copy.ts';
import { arrowViolations } from './lint-arrows.ts';
import { ruleViolations } from './lint-rules.ts';
import * as others from './other-guards.ts';
import type { Violation } from './violation.ts';

interface Canary {
  readonly guard: check.Guard;
  readonly violations: readonly Violation[];
  /** An edit of the guard's own settings after which it has nothing to look at. */
  readonly blind?: Pick<Violation, 'file' | 'plant'>;
}

/** The tests of one package: the whole suite is what `npm run check` runs. */
const quotaTests = check.testsOf('--project=quota');

const canaries: readonly Canary[] = [
  { guard: check.format, violations: others.formatViolations, blind: others.blindFormat },
  { guard: check.lint, violations: [...arrowViolations, ...ruleViolations], blind: others.blindLint },
  { guard: check.types, violations: others.typeViolations },
  { guard: check.boundaries, violations: others.boundaryViolations, blind: others.blindBoundaries },
  { guard: check.deadCode, violations: others.deadCodeViolations, blind: others.blindDeadCode },
  { guard: check.contract, violations: others.contractViolations },
  { guard: check.pythonLint, violations: others.pythonLintViolations },
  { guard: check.pythonTypes, violations: others.pythonTypeViolations },
  { guard: check.pythonImports, violations: others.pythonImportViolations },
  { guard: quotaTests, violations: others.testViolations, blind: others.blindTests },
];

/** All violations of a guard at once: each has its own file, and the guard must name every one of them. */
async function plant(
  folder: string,
  { file, plant: planted, also = {} }: Pick<Violation, 'file' | 'plant' | 'also'>,
): Promise<void> {
  const path = join(folder, file);
  const text = typeof planted === 'string' ? planted : planted(await readFile(path, 'utf8'));
  for (const [name, content] of [[file, text], ...Object.entries(also)] as [string, string][]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** Tools break long messages over lines and draw frames around them. */
const flat = (output: string) => output.replaceAll(/\s*\n[\s|│]*/g, ' ');

/** Runs a guard over a copy in which something is planted. */
async function runOver(
  guard: check.Guard,
  planted: readonly Pick<Violation, 'file' | 'plant' | 'also'>[],
): Promise<check.GuardResult> {
  const { folder, remove } = await copyWorkspace(root);
  try {
    for (const each of planted) await plant(folder, each);
    return await guard.run(folder);
  } finally {
    await remove();
  }
}

describe.each(canaries)('$guard.name', ({ guard, violations, blind }) => {
  let results: readonly check.GuardResult[];

  beforeAll(async () => {
    results = await Promise.all([violations, ...(blind ? [[blind]] : [])].map((planted) => runOver(guard, planted)));
  });

  test.each(violations)('red: $rule', ({ file, expect: text, at = file }) => {
    const { ok, output } = results[0] ?? { ok: true, output: '' };
    expect(ok).toBe(false);
    const lines = at === null ? [flat(output)] : output.split('\n').filter((line) => line.includes(at));
    expect(lines.join('\n'), output).toContain(text);
  });

  test.each(blind ? [blind] : [])('red when $file lets it find nothing to check', () => {
    expect(results[1]).toMatchObject({ ok: false });
  });
});

test('each arrow of lint/arrows.ts has its violation here', () => {
  const messages = [...new Set(arrowMessages)];
  const unproved = messages.filter((message) => !arrowViolations.some((each) => message.includes(each.expect)));
  expect(messages.length).toBeGreaterThan(15);
  expect(unproved).toEqual([]);
});
