import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reloadWhenRebuilt } from './reload.ts';

const reload = vi.fn<() => void>();
const fetch = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  for (const [name, value] of Object.entries({
    fetch,
    chrome: { runtime: { reload } },
    twohopBuildId: 'one',
    __TWOHOP_RELOADS__: true,
  }))
    vi.stubGlobal(name, value);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

it('reloads once the folder holds another build', async () => {
  fetch.mockImplementation(async () => new Response('one'));
  reloadWhenRebuilt();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(reload).not.toHaveBeenCalled();
  fetch.mockImplementation(async () => new Response('two'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reload).toHaveBeenCalledTimes(1);
});

it('waits while the folder is being replaced', async () => {
  fetch.mockRejectedValue(new TypeError('Failed to fetch'));
  reloadWhenRebuilt();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(fetch).toHaveBeenCalledTimes(3);
  expect(reload).not.toHaveBeenCalled();
});

it('does nothing in a release', async () => {
  vi.stubGlobal('__TWOHOP_RELOADS__', false);
  reloadWhenRebuilt();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(fetch).not.toHaveBeenCalled();
});
