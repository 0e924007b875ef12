import type { PageState } from '../../core/page.ts';
import type { Page } from '../shared/use-page.ts';
import { Save } from './save.tsx';
import type { Saving } from './use-saving.ts';

interface MarksProps {
  readonly page: Page;
  readonly state: PageState;
  readonly saving: Saving;
}

/** The marks of the page as a list: a click leads to where each stands, another saves it. */
export const Marks = ({ page, state, saving }: MarksProps) => (
  <ol className="passages">
    {state.marks.map((mark, index) => (
      <li key={mark.start}>
        <button type="button" dir="auto" aria-current={index === state.current} onClick={() => void page.tell('show', mark)}>
          {mark.text}
        </button>
        <Save passage={mark.text} saving={saving} />
      </li>
    ))}
  </ol>
);
