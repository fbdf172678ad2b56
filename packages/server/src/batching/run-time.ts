/** How long a run takes, learned from the runs so far. */
export interface RunTime {
  /** Takes note of a run of so many images. */
  observe(images: number, milliseconds: number): void;
  /** Milliseconds that a run of so many images takes; 0 before the first. */
  of(images: number): number;
  /** Milliseconds that a run takes whatever its size: what images save by sharing one. */
  readonly fixed: number;
}

/** The part of the weight that a run keeps with each run after it: the last ten count most. */
const KEPT = 0.9;

/**
 * Fits `fixed + perImage · images` to the runs so far, by least squares of which older runs count for ever less. As long
 * as all runs are of one size nothing tells the two apart, and all of the time is taken to be per image.
 */
export function learnRunTime(): RunTime {
  let [weight, images1, images2, time, timesImages] = [0, 0, 0, 0, 0];
  let [fixed, perImage] = [0, 0];
  return {
    observe(images, milliseconds) {
      weight = KEPT * weight + 1;
      images1 = KEPT * images1 + images;
      images2 = KEPT * images2 + images * images;
      time = KEPT * time + milliseconds;
      timesImages = KEPT * timesImages + images * milliseconds;
      const spread = weight * images2 - images1 * images1;
      const slope = (weight * timesImages - images1 * time) / spread;
      const proportion = time / images1;
      // Neither part is negative, however noisy the runs are.
      const isTold = spread > 1e-6 * images2 * weight;
      perImage = isTold ? Math.min(Math.max(slope, 0), proportion) : proportion;
      fixed = Math.max(0, (time - perImage * images1) / weight);
    },
    of: (images) => fixed + perImage * images,
    get fixed() {
      return fixed;
    },
  };
}
