interface FirefoxSidebar {
  readonly sidebarAction?: { open(): Promise<void> };
}

/**
 * Opens the panel beside a tab, for that tab alone. To be called in the turn of a click: browsers open nothing later. Firefox
 * has one sidebar a window, which follows the tab in front.
 */
export const openPanel = (tabId: number): Promise<void> => {
  const { sidebarAction } = globalThis.chrome as unknown as FirefoxSidebar;
  if (sidebarAction) return sidebarAction.open();
  // Not awaited: the click would be over.
  void chrome.sidePanel.setOptions({ tabId, path: `sidepanel.html?tab=${tabId}`, enabled: true });
  return chrome.sidePanel.open({ tabId });
};
