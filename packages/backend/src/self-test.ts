import { tf } from './tf';

/** The outcome of a small computation with known results. */
export interface SelfTest {
  /** Whether every number came out right. */
  readonly ok: boolean;
  /** Wall time, including the compilation of the engine's kernels. */
  readonly milliseconds: number;
}

// Small enough to check by hand: the image 1 … 9, 3×3, under the filter 1 … 4, 2×2, stride 1, no padding; then the gradients
// of the sum of the result.
const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const filter = [1, 2, 3, 4];
const expected = {
  result: [37, 47, 67, 77],
  imageGradient: [1, 3, 2, 4, 10, 6, 3, 7, 4],
  filterGradient: [12, 16, 24, 28],
};

// On a GPU a convolution may go through a transform that rounds. A broken engine is off by whole numbers.
const TOLERANCE = 1e-3;

/** Runs a convolution forward and backward on the current engine and compares with the known result. */
export async function runSelfTest(): Promise<SelfTest> {
  const start = performance.now();
  const tensors = tf.tidy(() => {
    const inputs = [tf.tensor4d(image, [1, 3, 3, 1]), tf.tensor4d(filter, [2, 2, 1, 1])] as const;
    const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid');
    return [convolve(...inputs), ...tf.grads(convolve)([...inputs])];
  });
  const results = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  const ok = Object.values(expected).every((numbers, index) =>
    numbers.every((value, position) => Math.abs(results[index]![position]! - value) <= TOLERANCE),
  );
  return { ok, milliseconds: performance.now() - start };
}
