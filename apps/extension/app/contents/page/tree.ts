import { closedShadowRoot } from '../../platform/closed-shadow-root.ts';

/** What somebody reads in the page, in its order: text nodes and the breaks between them. */
export type Token =
  | { readonly kind: 'text'; readonly node: Text; readonly owner: number; readonly preformatted: boolean }
  | { readonly kind: 'line' | 'block' };

export interface Tree {
  readonly tokens: readonly Token[];
  /** A still copy for Readability, which takes apart what it is given. The element of owner 17 carries `data-t17`. */
  readonly copy: Document;
  /** Whether an owner stands in navigation, a form, or what else is around a text. */
  readonly aside: readonly boolean[];
  /** Where changes are to be watched: documents and shadow trees. */
  readonly roots: readonly Node[];
}

/** Without words for a reader, or with words that are not the page's. */
const skipped = new Set(
  'audio button canvas datalist dialog head input math meter noscript object option progress rp rt script select style svg template textarea video'.split(
    ' ',
  ),
);
const asides = 'nav, header, footer, aside, form, menu, [role=navigation], [role=banner], [role=contentinfo], [role=search]';
/** What Readability judges an element by. */
const attributes = ['class', 'id', 'role', 'rel', 'href', 'itemprop', 'aria-hidden', 'dir'];

interface Place {
  readonly parent: Element;
  readonly owner: number;
  readonly preformatted: boolean;
}

/**
 * Reads the page as it is shown: through shadow trees, slots and frames of the same origin, without what is hidden. Changes
 * nothing in it.
 */
export const readTree = (page: Document): Tree => {
  const copy = page.implementation.createHTMLDocument(page.title);
  const tokens: Token[] = [];
  const aside: boolean[] = [false];
  const roots: Node[] = [];

  const readText = (node: Text, { parent, owner, preformatted }: Place): void => {
    tokens.push({ kind: 'text', node, owner, preformatted });
    parent.append(node.data);
  };
  const readElement = (element: Element, { parent, owner }: Place): void => {
    const name = element.localName;
    const style = element.ownerDocument.defaultView?.getComputedStyle(element);
    if (skipped.has(name) || !style || style.display === 'none' || style.visibility === 'hidden') return;
    if (name === 'br') {
      tokens.push({ kind: 'line' });
      parent.append(copy.createElement('br'));
      return;
    }
    const isBlock = !/^(inline|contents|ruby)/.test(style.display);
    const own = copyElement(copy, element, isBlock);
    parent.append(own);
    own.setAttribute(`data-t${aside.length}`, '');
    aside.push(aside[owner] === true || element.matches(asides));
    const place = { parent: own, owner: aside.length - 1, preformatted: /^(pre|break-spaces)/.test(style.whiteSpace) };
    if (isBlock) tokens.push({ kind: 'block' });
    for (const child of childrenOf(element, roots)) readNode(child, place);
    if (isBlock) tokens.push({ kind: 'block' });
  };
  const readNode = (node: Node, place: Place): void => {
    // `instanceof` would fail for nodes of frames: each has its own classes.
    if (node.nodeType === Node.TEXT_NODE) readText(node as Text, place);
    else if (node.nodeType === Node.ELEMENT_NODE) readElement(node as Element, place);
  };

  roots.push(page);
  const place = { parent: copy.body, owner: 0, preformatted: false };
  for (const child of page.body.childNodes) readNode(child, place);
  return { tokens, copy, aside, roots };
};

/** Readability thinks in names of elements: what has none that it knows is what it looks like. */
const copyElement = (copy: Document, element: Element, isBlock: boolean): Element => {
  const known = !element.localName.includes('-') && !/^(slot|iframe|body)$/.test(element.localName);
  const own = copy.createElement(known ? element.localName : isBlock ? 'div' : 'span');
  for (const name of attributes) {
    const value = element.getAttribute(name);
    if (value !== null) own.setAttribute(name, value);
  }
  return own;
};

const childrenOf = (element: Element, roots: Node[]): Iterable<Node> => {
  if (element.localName === 'iframe') {
    const inner = frameOf(element as HTMLIFrameElement);
    if (!inner?.body) return [];
    roots.push(inner);
    return [inner.body];
  }
  if (element.localName === 'slot') {
    const assigned = (element as HTMLSlotElement).assignedNodes();
    if (assigned.length > 0) return assigned;
  }
  const shadow = element.shadowRoot ?? closedShadowRoot(element);
  if (!shadow) return element.childNodes;
  roots.push(shadow);
  return shadow.childNodes;
};

/** Null for a frame of another origin. */
const frameOf = (frame: HTMLIFrameElement): Document | null => {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
};
