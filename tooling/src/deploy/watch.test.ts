import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { metrics } from '@twohop/server/metrics';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { promtool } from '../promtool.ts';
import { root } from '../root.ts';
import { documentsOf, read } from './files.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}
interface Case {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}
const RULES = 'deploy/prometheus/rules/twohop.yml';
const TESTS = ['deploy/prometheus/tests/twohop.yml', 'deploy/prometheus/tests/days.yml'];
const [groups] = documentsOf(RULES) as unknown as [{ groups: { rules: Rule[] }[] }];
const rules = groups.groups.flatMap((group) => group.rules);

test.each(TESTS)('promtool finds %s as it says', { timeout: 120_000 }, async (path) => {
  const { all, failed } = await execa(await promtool(), ['test', 'rules', path], { cwd: root, all: true, reject: false });
  expect({ failed, all: failed ? all : '' }).toEqual({ failed: false, all: '' });
});

test('each rule has a case in which it fires, and one in which it stays silent', () => {
  const cases = TESTS.flatMap(documentsOf).flatMap((each) =>
    (each['tests'] as { alert_rule_test: Case[] }[]).flatMap(({ alert_rule_test }) => alert_rule_test),
  );
  const names = (fires: boolean) =>
    new Set(cases.filter((each) => each.exp_alerts.length > 0 === fires).map((each) => each.alertname));
  const all = new Set(rules.map(({ alert }) => alert));
  expect(all.size).toBeGreaterThan(10);
  expect({ fires: names(true), silent: names(false) }).toEqual({ fires: all, silent: all });
});

test('each rule has its runbook, and each runbook its rule', () => {
  const named = new Set(rules.map(({ annotations }) => annotations.runbook));
  expect([...named].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const written = globSync('docs/runbooks/*.md', { cwd: root }).map((path) => `docs/runbooks/${basename(path)}`);
  expect(new Set(written)).toEqual(named);
});

test('rules and dashboard ask for metrics that there are', () => {
  const { registry, room } = metrics();
  room(() => ({ limit: 1, inUse: 0 }));
  const ours = registry.getMetricsAsArray().map(({ name }) => name);
  const models = [...read('ml-service/src/ml_service/metrics.py').matchAll(/"(ml_[a-z_]+)"/g)].map(([, name = '']) => name);
  const known = [...ours, ...models].flatMap((name) => [name, `${name}_count`, `${name}_bucket`, `${name}_sum`]);
  const board = JSON.parse(read('deploy/grafana/dashboards/twohop.json')) as { panels: { targets: { expr: string }[] }[] };
  const queries = [...rules.map(({ expr }) => expr), ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
  expect(queries.length).toBeGreaterThan(25);
  for (const query of queries) {
    const names = query.match(/\b(?:twohop|ml|up|nodejs|process)(?:_[a-z_]+)?(?=[{[ )]|$)/g) ?? [];
    expect(names, query).not.toEqual([]);
    expect(names.filter((name) => name !== 'up' && !known.includes(name))).toEqual([]);
  }
});
