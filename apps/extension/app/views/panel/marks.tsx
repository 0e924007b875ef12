import type { PageState } from '../../core/page.ts';
import type { Page } from '../shared/use-page.ts';

interface MarksProps {
  readonly page: Page;
  readonly state: PageState;
}

/** The marks of the page as a list: a click leads to where each stands. */
export const Marks = ({ page, state }: MarksProps) => (
  <ol className="passages">
    {state.marks.map((mark, index) => (
      <li key={mark.start}>
        <button type="button" dir="auto" aria-current={index === state.current} onClick={() => void page.tell('show', mark)}>
          {mark.text}
        </button>
      </li>
    ))}
  </ol>
);
