import type { ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { reloadWhenRebuilt } from '../../platform/reload.ts';
import { text } from '../../platform/words.ts';

/** Shows a view in the language and the direction of its texts. */
export const mount = (App: ComponentType): void => {
  const { documentElement } = document;
  documentElement.lang = text('languageTag');
  documentElement.dir = text('direction');
  document.title = text('extName');
  // Plasmo's own pages bring a root of another name.
  const root = document.getElementById('root') ?? document.getElementById('__plasmo');
  if (!root) throw new Error('This page has no root.');
  root.id = 'root';
  createRoot(root).render(<App />);
  reloadWhenRebuilt();
};
