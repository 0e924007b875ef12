import type { Span } from '../../core/flow.ts';

/** Names of the CSS highlights; their colours stand in platform/tabs.ts. */
const layers = ['twohop-mark', 'twohop-current'] as const;
type Layer = (typeof layers)[number];

type View = Window & typeof globalThis;

/** Marks stretches of text by the CSS Custom Highlight API: no node of the page is touched. */
export const createPainter = () => {
  /** Frames have registries of their own. */
  const views = new Set<View>();
  const paint = (layer: Layer, spans: readonly Span<Text>[]): void => {
    const byView = new Map<View, StaticRange[]>();
    for (const { node, from, to } of spans) {
      const view = node.ownerDocument.defaultView;
      if (!view || !node.isConnected || to > node.data.length) continue;
      views.add(view);
      // A live range would be moved with every change of the page, hundreds of them slow it down.
      const range = new view.StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });
      const ranges = byView.get(view);
      if (ranges) ranges.push(range);
      else byView.set(view, [range]);
    }
    for (const view of views) {
      const ranges = byView.get(view);
      if (!ranges) view.CSS.highlights.delete(layer);
      else {
        const highlight = new view.Highlight(...ranges);
        highlight.priority = layers.indexOf(layer);
        view.CSS.highlights.set(layer, highlight);
      }
    }
  };
  const clear = (): void => {
    for (const view of views) for (const layer of layers) view.CSS.highlights.delete(layer);
    views.clear();
  };
  return { paint, clear };
};

export type Painter = ReturnType<typeof createPainter>;

/** Brings a stretch to the middle of the window, in frames and scrolling boxes too. */
export const scrollTo = ({ node, from, to }: Span<Text>): void => {
  const view = node.ownerDocument.defaultView;
  if (!view) return;
  node.parentElement?.scrollIntoView({ block: 'center', behavior: 'instant' });
  const range = node.ownerDocument.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  const { top, bottom } = range.getBoundingClientRect();
  // An element taller than the window has its middle there, not the stretch.
  if (top < 0 || bottom > view.innerHeight) view.scrollBy({ top: (top + bottom - view.innerHeight) / 2, behavior: 'instant' });
};
