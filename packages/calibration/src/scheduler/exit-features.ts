import { softmax } from '@earlyexit/exit-criteria';

/**
 * A scheduler's features of one exit: the probabilities of all classes, the largest of them, how far the entropy is
 * from its largest possible value (as a share), and the scores of the earlier exits.
 *
 * @param logits `[samples, classes]`, row-major.
 * @param earlier One array `[samples]` per earlier exit.
 * @returns `[samples, classes + 2 + earlier exits]`, row-major.
 */
export function exitFeatures(
  logits: Float32Array,
  classes: number,
  earlier: readonly Float64Array[],
): { features: Float64Array; width: number } {
  const samples = logits.length / classes;
  const width = classes + 2 + earlier.length;
  const features = new Float64Array(samples * width);
  const probabilities = softmax(logits, classes);
  for (let row = 0; row < samples; row++) {
    let largest = 0;
    let entropy = 0;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[row * classes + c]!;
      features[row * width + c] = p;
      largest = Math.max(largest, p);
      if (p > 0) entropy -= p * Math.log(p);
    }
    features[row * width + classes] = largest;
    features[row * width + classes + 1] = classes > 1 ? 1 - entropy / Math.log(classes) : 1;
    earlier.forEach((scores, i) => {
      features[row * width + classes + 2 + i] = scores[row]!;
    });
  }
  return { features, width };
}
