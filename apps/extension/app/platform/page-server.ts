import { type PartReply, type RunRequest, runPort } from '../core/page.ts';

type Run = (request: RunRequest, signal: AbortSignal) => Promise<PartReply>;

/**
 * Runs what our scripts in pages ask for. They get marks, never a token. The port's heartbeat keeps the worker alive, and
 * its end is the reader's leaving.
 */
export const serveRuns = (run: Run): void => {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== runPort || port.sender?.id !== chrome.runtime.id) return;
    const controller = new AbortController();
    port.onDisconnect.addListener(() => controller.abort());
    port.onMessage.addListener((request: RunRequest | null) => {
      if (request === null) return;
      void run(request, controller.signal).then((reply) => {
        if (!controller.signal.aborted) port.postMessage(reply);
      });
    });
  });
};

/** What a page writes on the toolbar button while its tab is in front. */
export const serveBadges = (setBadge: (tabId: number, badge: string) => Promise<void>): void => {
  chrome.runtime.onMessage.addListener((message: { badge?: unknown }, sender) => {
    const tabId = sender.tab?.id;
    if (sender.id !== chrome.runtime.id || tabId === undefined || typeof message.badge !== 'string') return;
    setBadge(tabId, message.badge.slice(0, 4)).catch(() => undefined);
  });
};
