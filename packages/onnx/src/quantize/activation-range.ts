/** The smallest and the largest value of a tensor. */
export interface ActivationRange {
  readonly min: number;
  readonly max: number;
}

/** A tensor of whole numbers: `value = scale · (stored − zeroPoint)`, stored as uint8. */
export interface ActivationQuantization {
  /** A float32 number. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The largest number of a uint8. */
const LARGEST = 255;

/**
 * The 256 steps that cover a range. Zero is one of them, so that padding and what a ReLU cut off are exact: a range
 * that a ReLU bounds begins at step 0, so that storing the tensor applies the ReLU.
 */
export function quantizationOf({ min, max }: ActivationRange): ActivationQuantization {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  // For a tensor that is always zero any scale will do.
  const width = high - low > 0 ? high - low : 1;
  const scale = Math.max(Math.fround(width / LARGEST), 2 ** -100);
  return { scale, zeroPoint: Math.min(Math.max(Math.round(-low / scale), 0), LARGEST) };
}

/** The ranges of a network's tensors, by their origin in the network. */
export type Quantization = ReadonlyMap<string, ActivationRange>;
