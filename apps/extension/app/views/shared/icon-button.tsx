import type { ComponentProps } from 'react';

interface IconButtonProps extends ComponentProps<'button'> {
  readonly label: string;
}

/** Its label is read out, and shows where the pointer rests. */
export const IconButton = ({ label, ...button }: IconButtonProps) => (
  <button type="button" className="icon-button" title={label} aria-label={label} {...button} />
);
