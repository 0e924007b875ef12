import { afterEach, beforeEach, expect, vi, type MockInstance } from 'vitest';

const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

/**
 * Setup file of the silent projects. It judges after the test, not by a throw inside the call: a `catch` in the code
 * under test would swallow that throw. A test that expects output mocks the method itself (`vi.spyOn(console, 'warn')`).
 */
let calls: string[] = [];
let spies: MockInstance[] = [];

beforeEach(() => {
  calls = [];
  spies = methods.map((method) =>
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      calls.push(`console.${method}(${values.map(String).join(', ')})`);
    }),
  );
});

afterEach(() => {
  for (const spy of spies) spy.mockRestore();
  expect(calls, 'a console call fails the test: return the value, or log through the injected logger').toEqual([]);
});
