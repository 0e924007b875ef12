import { describe, expect, it } from 'vitest';
import { isServed, order, parseVersion } from './client-version.ts';

const window = (oldest: string | null, newest: string | null) => ({
  oldest: oldest === null ? null : parseVersion(oldest),
  newest: newest === null ? null : parseVersion(newest),
});

describe('a window of versions', () => {
  it.each<[string | null, string | null, string | null, boolean]>([
    [null, null, null, true],
    ['nonsense', null, null, true],
    [null, '1.0.0', null, false],
    ['nonsense', '1.0.0', null, false],
    ['', '1.0.0', null, false],
    ['1.0.0-beta', '1.0.0', null, false],
    ['1.0.0, 9.0.0', '1.0.0', null, false],
    ['-1', null, '1.0.0', false],
    ['0.9.9', '1.0.0', null, false],
    ['1.0.0', '1.0.0', null, true],
    ['1', '1.0.0', null, true],
    ['1.0.0.1', '1.0.0', null, true],
    ['1.10.0', '1.9.0', null, true],
    ['1.9.0', '1.10.0', null, false],
    ['2.0.0', null, '2.0.0', true],
    ['2.0.0.1', null, '2.0.0', false],
    ['1.5', '1.0.0', '2.0.0', true],
  ])('%s in %s to %s: %s', (version, oldest, newest, served) => {
    expect(isServed(version, window(oldest, newest))).toBe(served);
  });

  it('numbers decide, not letters', () => {
    const sorted = ['10', '9.1', '9', '9.0.0.1'].map((text) => parseVersion(text)!).toSorted(order);
    expect(sorted.map((version) => version.join('.'))).toEqual(['9', '9.0.0.1', '9.1', '10']);
  });
});
