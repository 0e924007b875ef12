import { type RunEvent, type RunRequest, runPort } from '../core/page.ts';

type Run = (request: RunRequest, signal: AbortSignal) => AsyncIterable<RunEvent>;

/**
 * Runs what our scripts in pages ask for. They get marks, never a token. The port's heartbeat keeps the worker alive, and
 * its end is the reader's leaving.
 */
export const serveRuns = (run: Run): void => {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== runPort || port.sender?.id !== chrome.runtime.id) return;
    const controller = new AbortController();
    port.onDisconnect.addListener(() => controller.abort());
    const tell = async (request: RunRequest): Promise<void> => {
      for await (const event of run(request, controller.signal)) if (!controller.signal.aborted) port.postMessage(event);
    };
    // What is null is the heartbeat.
    port.onMessage.addListener((request: RunRequest | null) => void (request && tell(request)));
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
