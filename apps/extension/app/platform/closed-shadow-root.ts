/** Firefox has it on the element itself. */
interface FirefoxElement {
  readonly openOrClosedShadowRoot?: ShadowRoot | null;
}

/** The shadow tree of an element although its page keeps it closed: the user reads it too. */
export const closedShadowRoot = (element: Element): ShadowRoot | null => {
  const own = (element as FirefoxElement).openOrClosedShadowRoot;
  if (own !== undefined) return own;
  return element.localName.includes('-') ? chrome.dom.openOrClosedShadowRoot(element as HTMLElement) : null;
};
