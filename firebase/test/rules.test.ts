import { readFile } from 'node:fs/promises';
import { type Stack, startStack } from '@twohop/tooling/stack';
import { setLogLevel } from 'firebase/firestore';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';
import { cases, failures } from './passages.ts';

const rules = await readFile(new URL('../firestore.rules', import.meta.url), 'utf8');
const mutants = mutantsOf(rules);

let stack: Stack;
beforeAll(async () => {
  // Each refusal that a case expects would be printed.
  setLogLevel('silent');
  stack = await startStack({ parts: [], firestore: true });
}, 60_000);
afterAll(() => stack?.stop());

const emulator = () => ({ host: '127.0.0.1', port: stack.ports.firestore });

it(`lets through what is meant to pass, and nothing else (${cases.length} cases)`, async () => {
  expect(await failures(rules, emulator())).toEqual([]);
}, 60_000);

it('has conditions, each on a line of its own', () => {
  expect(mutants.length).toBeGreaterThan(30);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

it.each(mutants)(
  'is missed at once: $name',
  async ({ rules }) => {
    expect(await failures(rules, emulator(), { first: true })).not.toEqual([]);
  },
  60_000,
);
