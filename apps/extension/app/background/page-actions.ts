import type { Account } from '../core/account.ts';
import type { Density } from '../core/density.ts';
import type { PageCommands, PageState } from '../core/page.ts';

/** The pages in tabs, as far as the worker reaches them. */
export interface Pages {
  /** False where extensions may not read: pages of the browser and of stores. */
  inject(tabId: number): Promise<boolean>;
  tell<C extends 'mark' | 'clear' | 'step' | 'state'>(tabId: number, name: C, input: PageCommands[C]): Promise<PageState>;
  setBadge(tabId: number, badge: string): Promise<void>;
}

export interface PageActionsDeps {
  readonly page: Pages;
  readonly account: () => Promise<Account | null>;
  readonly density: () => Promise<Density>;
  /** Shows the popup, which asks: for consent before anything leaves the browser, or whether a long page is meant. */
  readonly openPopup: () => Promise<void>;
}

/** What shortcuts and the context menu do, without a view that would show it. The names stand in the manifest. */
export const createPageActions = ({ page, account, density, openPopup }: PageActionsDeps) => {
  const reach = async (tabId: number): Promise<boolean> => {
    const isReached = await page.inject(tabId);
    if (!isReached) await page.setBadge(tabId, '!');
    return isReached;
  };
  const step = async (tabId: number, by: 1 | -1): Promise<void> => {
    if (await reach(tabId)) await page.tell(tabId, 'step', { by });
  };
  return {
    /** Marks a page, or clears it when it is marked: one key for both. */
    'mark-page': async (tabId: number): Promise<void> => {
      if (!(await account())) return openPopup();
      if (!(await reach(tabId))) return;
      const { phase } = await page.tell(tabId, 'state', null);
      if (phase !== 'idle' && phase !== 'empty') return void (await page.tell(tabId, 'clear', null));
      const marked = await page.tell(tabId, 'mark', { density: await density(), sure: false });
      if (marked.phase === 'asking') await openPopup();
    },
    'next-mark': (tabId: number) => step(tabId, 1),
    'previous-mark': (tabId: number) => step(tabId, -1),
  };
};
