/** How fast images come. */
export interface Arrivals {
  /** Takes note of images that came at a time, in milliseconds. */
  observe(images: number, now: number): void;
  /** Milliseconds from one image to the next, by the last ones; Infinity before the second request. */
  readonly gap: number;
}

/** How much the newest gap counts. */
const SHARE = 0.2;
/** A pause is no rate: longer gaps count as this, so that the first images after it are soon believed. */
const LONGEST_MS = 1000;

/** Learns how fast images come: a mean of the gaps between them, of which newer ones count more. */
export function createArrivals(): Arrivals {
  let last: number | undefined;
  let gap = Infinity;
  return {
    observe(images, now) {
      if (last !== undefined) {
        const newest = Math.min(now - last, LONGEST_MS) / images;
        gap = gap === Infinity ? newest : gap + SHARE * (newest - gap);
      }
      last = now;
    },
    get gap() {
      return gap;
    },
  };
}
