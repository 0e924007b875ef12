import { Readability } from '@mozilla/readability';
import { type Flow, flowBuilder } from '../../core/flow.ts';
import { readTree, type Token, type Tree } from './tree.ts';

export interface Extract {
  readonly flow: Flow<Text>;
  readonly roots: readonly Node[];
}

/** Below this, what Readability found is a caption or a cookie notice rather than the text of the page. */
const leastChars = 200;

/** The text of the page: its article, or all that stands outside navigation and forms where there is no article. */
export const extract = (page: Document): Extract => {
  const tree = readTree(page);
  const article = articleOf(tree);
  const found = flowOf(tree.tokens, (owner) => article.has(owner));
  if (found.text.length >= leastChars) return { flow: found, roots: tree.roots };
  return { flow: flowOf(tree.tokens, (owner) => tree.aside[owner] === false), roots: tree.roots };
};

/**
 * The elements that Readability keeps. It moves, renames, merges and even re-parses them, so nodes cannot be followed through
 * it; an attribute with a name of its own an element can.
 */
const articleOf = ({ copy }: Tree): ReadonlySet<number> => {
  const kept = new Set<number>();
  const reader = new Readability<Node>(copy, { charThreshold: leastChars, disableJSONLD: true, serializer: (node) => node });
  const content = reader.parse()?.content;
  if (!content) return kept;
  const walker = content.ownerDocument?.createTreeWalker(content, NodeFilter.SHOW_ELEMENT);
  for (let node = walker?.nextNode(); node; node = walker?.nextNode()) {
    for (const { name } of (node as Element).attributes) {
      if (name.startsWith('data-t')) kept.add(Number(name.slice('data-t'.length)));
    }
  }
  return kept;
};

const flowOf = (tokens: readonly Token[], includes: (owner: number) => boolean): Flow<Text> => {
  const builder = flowBuilder<Text>();
  for (const token of tokens) {
    if (token.kind !== 'text') builder[token.kind]();
    else if (includes(token.owner)) builder.add(token.node, token.node.data, token.preformatted);
  }
  return builder.build();
};
