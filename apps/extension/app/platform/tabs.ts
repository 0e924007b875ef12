import { type Colour, markerOf } from '../core/colours.ts';
import type { PageCommand, PageCommands, PageState, PageText } from '../core/page.ts';
import { viewPort } from '../core/page.ts';
import { colourStore } from './preferences.ts';

/** Shadow trees inherit it. Not the user's style sheet: Chromium paints no background from that one. */
const styleOf = (colour: Colour): string => `
::highlight(twohop-mark) { background-color: ${markerOf[colour].mark}; }
::highlight(twohop-current) { background-color: ${markerOf[colour].current}; color: #1c2030; }
@media (forced-colors: active) {
  ::highlight(twohop-mark), ::highlight(twohop-current) { background-color: Mark; color: MarkText; }
}`;

/** Brings our script into a tab, once. False where extensions may not read, or the user has not let us. */
export const injectPage = async (tabId: number): Promise<boolean> => {
  try {
    const css = styleOf(await colourStore.read());
    await Promise.all([
      chrome.scripting.insertCSS({ target: { tabId, allFrames: true }, css }),
      chrome.scripting.executeScript({ target: { tabId }, files: ['page.js'] }),
    ]);
    return true;
  } catch {
    return false;
  }
};

type Answer<C extends PageCommand> = C extends 'text' ? PageText : PageState;

/** Asks the page of a tab, which must have been injected. Rejects when the page is gone. */
export const tellPage = async <C extends PageCommand>(tabId: number, name: C, input: PageCommands[C]): Promise<Answer<C>> => {
  const answer: unknown = await chrome.tabs.sendMessage(tabId, { name, input }, { frameId: 0 });
  return answer as Answer<C>;
};

/** Tells the state of a page as it changes; null once the page is gone or was never injected. Returns what ends it. */
export const watchPage = (tabId: number, onState: (state: PageState | null) => void): (() => void) => {
  const port = chrome.tabs.connect(tabId, { name: viewPort, frameId: 0 });
  port.onMessage.addListener(onState);
  port.onDisconnect.addListener(() => {
    // Read, or the browser reports it as an error that nobody looked at.
    void chrome.runtime.lastError;
    onState(null);
  });
  return () => port.disconnect();
};

/** The tab that a view is about: the one it was opened for, else whichever is in front. Returns what ends it. */
export const watchTab = (onTab: (tabId: number) => void): (() => void) => {
  const asked = new URLSearchParams(location.search).get('tab');
  if (asked !== null) {
    onTab(Number(asked));
    return () => undefined;
  }
  const look = async (): Promise<void> => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    if (tab?.id !== undefined) onTab(tab.id);
  };
  const onActivated = () => void look();
  void look();
  chrome.tabs.onActivated.addListener(onActivated);
  return () => chrome.tabs.onActivated.removeListener(onActivated);
};

export const setBadge = async (tabId: number, text: string): Promise<void> => {
  await chrome.action.setBadgeBackgroundColor({ tabId, color: '#ffd43b' });
  await chrome.action.setBadgeTextColor({ tabId, color: '#1c2030' });
  await chrome.action.setBadgeText({ tabId, text });
};
