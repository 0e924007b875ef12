/** True in development only: written by the build, which then drops the rest of this file. */
declare const __TWOHOP_RELOADS__: boolean;

const intervalMs = 1_000;

/**
 * Reloads the extension once its folder holds another build than the running one: also a worker that was started from the
 * browser's cache. A folder that is being replaced has no build for a moment.
 */
export const reloadWhenRebuilt = (): void => {
  if (!__TWOHOP_RELOADS__) return;
  const own = (globalThis as { twohopBuildId?: string }).twohopBuildId;
  const check = async (): Promise<void> => {
    const newest = await fetch('/build-id').then(
      (response) => response.text(),
      () => own,
    );
    if (newest !== own) chrome.runtime.reload();
  };
  setInterval(() => void check(), intervalMs);
};
