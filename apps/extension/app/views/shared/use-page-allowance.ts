import { useEffect } from 'react';
import { useAllowance } from './use-allowance.ts';
import { usePage } from './use-page.ts';

/** The page, and what is left of the day after its latest run, whichever view made it. */
export const usePageAllowance = () => {
  const page = usePage();
  const { allowance, note } = useAllowance();
  const left = page.state?.left;
  useEffect(() => {
    if (left) note(left);
  }, [left, note]);
  return { page, allowance, note };
};
