import { useCallback, useEffect, useRef, useState } from 'react';
import type { Density } from '../../core/density.ts';
import type { PageCommand, PageCommands, PageState } from '../../core/page.ts';
import { densityStore } from '../../platform/preferences.ts';
import { openPanel } from '../../platform/side-panel.ts';
import { injectPage, tellPage, watchPage, watchTab } from '../../platform/tabs.ts';

/** `closed`: a page of the browser or a store, or one on which the user has not asked for us. */
type Reach = 'unknown' | 'open' | 'closed';

/** The page that this view is about: what is marked in it, and what to tell it. */
export const usePage = () => {
  const tab = useRef<number | null>(null);
  const [state, setState] = useState<PageState | null>(null);
  const [reach, setReach] = useState<Reach>('unknown');
  const [density, setDensity] = useState<Density | null>(null);
  const stop = useRef<() => void>(() => undefined);

  const watch = useCallback((tabId: number) => {
    stop.current();
    stop.current = watchPage(tabId, setState);
  }, []);
  useEffect(() => {
    void densityStore.read().then(setDensity);
    const stopTab = watchTab((tabId) => {
      tab.current = tabId;
      setReach('unknown');
      watch(tabId);
    });
    return () => {
      stopTab();
      stop.current();
    };
  }, [watch]);

  /** Reaches the page first. Null where that is not allowed. */
  const tell = useCallback(
    async <C extends PageCommand>(name: C, input: PageCommands[C]) => {
      const tabId = tab.current;
      const isOpen = tabId !== null && (await injectPage(tabId));
      setReach(isOpen ? 'open' : 'closed');
      if (!isOpen) return null;
      watch(tabId);
      return tellPage(tabId, name, input);
    },
    [watch],
  );
  const changeDensity = useCallback(
    (density: Density) => {
      setDensity(density);
      densityStore.write(density).catch(() => undefined);
      if (state && state.phase !== 'idle') void tell('density', { density });
    },
    [state, tell],
  );
  /** In the turn of a click. */
  const openBeside = useCallback(() => {
    if (tab.current !== null) openPanel(tab.current).catch(() => undefined);
  }, []);
  return { state, reach, density, tell, changeDensity, openBeside };
};

export type Page = ReturnType<typeof usePage>;
