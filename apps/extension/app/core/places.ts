/** The library has as many places as firestore.rules knows names, `p0000` to `p9999`. */
export const placeCount = 10_000;

const nameOf = (index: number): string => `p${String(index % placeCount).padStart(4, '0')}`;

/**
 * A place that is not taken, or null in a full library. Two devices without a connection must not begin at the same one, so
 * the first is random; whoever has to move on goes to the next, so that two tabs that move the same passage agree.
 */
export const freePlace = (taken: ReadonlySet<string>, start: number): string | null => {
  for (let step = 0; step < placeCount; step += 1) {
    const place = nameOf(start + step);
    if (!taken.has(place)) return place;
  }
  return null;
};

export const indexOf = (place: string): number => Number(place.slice(1));
