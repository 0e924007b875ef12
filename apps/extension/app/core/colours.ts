/** Markers, as real ones come. */
export const colours = ['yellow', 'green', 'blue', 'pink'] as const;
export type Colour = (typeof colours)[number];
export const defaultColour: Colour = 'yellow';

/**
 * `mark` is half transparent: a marker on white and on black pages, through which the page's own ink shows. `current` is
 * opaque and light, under dark ink.
 */
export const markerOf: Readonly<Record<Colour, { readonly mark: string; readonly current: string }>> = {
  yellow: { mark: 'rgb(255 205 40 / 38%)', current: '#ffb454' },
  green: { mark: 'rgb(90 210 110 / 42%)', current: '#8ce99a' },
  blue: { mark: 'rgb(80 170 255 / 40%)', current: '#91d5ff' },
  pink: { mark: 'rgb(255 120 190 / 40%)', current: '#ffa8d6' },
};
