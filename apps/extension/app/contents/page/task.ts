import type { Density } from '../../core/density.ts';
import { type Extract, extract } from './extract.ts';
import { createMarks, type Marks } from './marks.ts';
import { watch } from './watch.ts';

/** One text of the page, from its reading to its clearing. */
export interface Task {
  readonly marks: Marks;
  /** As it was when it was read: offsets count in this. */
  readonly text: string;
  readonly leave: AbortSignal;
  close(): void;
}

export interface TaskEvents {
  /** The page was rendered anew, and the marks stand elsewhere in it. */
  readonly onMoved: (task: Task) => void;
  /** Another page of the same application shows, and none of the marks are in it. */
  readonly onGone: () => void;
}

/** Reads the page's text and follows it: frameworks replace what they render, and no model has to be asked again for that. */
export const openTask = (page: Document, { onMoved, onGone }: TaskEvents): Task => {
  const first = extract(page);
  const path = page.location.pathname;
  const controller = new AbortController();
  const marks = createMarks(first.flow);
  const task = { marks, text: first.flow.text, leave: controller.signal, close: () => controller.abort() };
  const follow = ({ roots }: Extract): void => {
    const stop = watch(roots, () => {
      if (!marks.isBroken()) return;
      const now = extract(page);
      stop();
      marks.moveTo(now.flow);
      const isElsewhere = page.location.pathname !== path && marks.shown().every(({ place }) => place === null);
      if (isElsewhere) return onGone();
      follow(now);
      onMoved(task);
    });
    controller.signal.addEventListener('abort', stop);
  };
  follow(first);
  return task;
};

/** What shows at a density, as views list it. */
export const listed = ({ marks }: Task, density: Density) => {
  marks.choose(density);
  return { marks: marks.shown().map(({ text, start }) => ({ text, start })), sentences: marks.sentences() };
};
