type TabAction = (tabId: number) => Promise<void>;

/** Shortcuts by their names in the manifest. Each is a user's gesture, which lets us read that tab. */
export const onShortcuts = (actions: Readonly<Record<string, TabAction>>): void => {
  chrome.commands.onCommand.addListener((name, tab) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action && tab?.id !== undefined) action(tab.id).catch(() => undefined);
  });
};

export interface MenuItem {
  readonly id: string;
  readonly title: string;
  readonly action: TabAction;
}

export const contextMenu = (items: readonly MenuItem[]): void => {
  chrome.runtime.onInstalled.addListener(() => {
    chrome.contextMenus.removeAll(() => {
      for (const { id, title } of items) chrome.contextMenus.create({ id, title, contexts: ['page', 'selection', 'frame'] });
    });
  });
  chrome.contextMenus.onClicked.addListener(({ menuItemId }, tab) => {
    const item = items.find(({ id }) => id === menuItemId);
    if (item && tab?.id !== undefined) item.action(tab.id).catch(() => undefined);
  });
};

/** Opens a page of ours once, after the installation. */
export const onFirstRun = (path: string): void => {
  chrome.runtime.onInstalled.addListener(({ reason }) => {
    if (reason === 'install') void chrome.tabs.create({ url: path });
  });
};

/** Where the browser lets us: else the button has to be clicked. */
export const openPopup = async (): Promise<void> => {
  await chrome.action.openPopup().catch(() => undefined);
};
