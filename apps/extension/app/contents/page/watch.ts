/** Long enough for a framework to have finished a render, short enough not to be seen. */
const settleMs = 100;
/** A page that never rests (a ticker, an advertisement) must not keep us at it. */
const restMs = 1_000;

/** Calls `onChange` after changes of the page have settled, at most once a second. Returns what ends it. */
export const watch = (roots: readonly Node[], onChange: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = -restMs;
  const observer = new MutationObserver(() => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lastMs = performance.now();
        onChange();
      },
      Math.max(settleMs, lastMs + restMs - performance.now()),
    );
  });
  for (const root of roots) observer.observe(root, { childList: true, characterData: true, subtree: true });
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
};
