import { ArgumentError, randomStream } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits, checkProbability } from '../checks';

/** Options of `anytimeValidSets`. */
export interface AnytimeSetOptions {
  /** One per exit, 0 or more: logits below it give their class no support there. */
  readonly supports: readonly number[];
  /**
   * The largest share of samples whose class the sets miss in the network's own belief, between 0 and 1; 0.1 unless
   * given.
   */
  readonly alpha?: number;
  /** The seed of the draws; 0 unless given. */
  readonly seed?: number;
}

const RAISE = 0.5;
const MOST_RAISES = 60;

/**
 * The nested sets of Jazbec, Forré, Mandt, Zhang and Nalisnick ("Early-Exit Neural Networks with Nested Prediction
 * Sets", arXiv 2311.05931), by anytime-valid confidence sequences: the logits above an exit's support are the
 * parameters of a Dirichlet distribution over the class probabilities, one sample is drawn from it, and a class stays
 * in the set while the product of (expected ÷ drawn probability) over the exits so far is at most 1/α. A class without
 * support at one exit never comes back.
 *
 * They cover what the network believes, not what is true: for a coverage that holds for any network, use
 * `fitNestedSets`.
 *
 * @returns `[exits][samples, classes]`, 1 where the class is in the exit's set
 * @throws ArgumentError for supports that do not fit, or numbers out of range
 */
export function anytimeValidSets(cached: CachedLogits, options: AnytimeSetOptions): Uint8Array[] {
  const { supports, alpha = 0.1, seed = 0 } = options;
  checkLogits(cached, 'anytimeValidSets');
  checkProbability(alpha, 'anytimeValidSets', 'alpha');
  const { exits, classes, samples } = cached;
  if (supports.length !== exits.length || supports.some((support) => !(support >= 0))) {
    throw new ArgumentError({
      function: 'anytimeValidSets',
      argument: 'supports',
      rule: `one number per exit, 0 or more, so ${exits.length} here`,
      received: supports.join(', '),
    });
  }
  const random = randomStream(seed);
  const logRatios = new Float64Array(samples * classes);
  const drawn = new Float64Array(classes);
  return exits.map((logits, exit) => {
    for (let row = 0; row < samples; row++) {
      const from = row * classes;
      let believed = 0;
      let total = 0;
      for (let c = 0; c < classes; c++) {
        const belief = logits[from + c]! >= supports[exit]! ? Math.max(0, logits[from + c]!) : 0;
        drawn[c] = belief > 0 ? drawGamma(belief, random) : 0;
        believed += belief;
        total += drawn[c]!;
      }
      for (let c = 0; c < classes; c++) {
        const share = drawn[c]! / total;
        logRatios[from + c]! +=
          share > 0 ? Math.log(logits[from + c]! / believed) - Math.log(share) : Infinity;
      }
    }
    return Uint8Array.from(logRatios, (ratio) => (ratio <= Math.log(1 / alpha) ? 1 : 0));
  });
}

/**
 * Supports for `anytimeValidSets`: exit by exit the highest, in steps of 0.5, at which the sets of every exit still
 * hold the right class for more than 1 − α of these samples. The smaller the support, the larger the sets.
 *
 * @param cached Labelled.
 * @throws ArgumentError without labels, or for numbers out of range
 */
export function fitAnytimeSupports(
  cached: CachedLogits,
  { alpha = 0.1, seed = 0 }: Pick<AnytimeSetOptions, 'alpha' | 'seed'> = {},
): number[] {
  checkLabelled(cached, 'fitAnytimeSupports');
  const { labels, classes, samples } = cached;
  const supports = cached.exits.map(() => 0);
  const covers = (): boolean =>
    anytimeValidSets(cached, { supports, alpha, seed }).every(
      (sets) =>
        labels.reduce((sum, label, row) => sum + sets[row * classes + label]!, 0) > (1 - alpha) * samples,
    );
  supports.forEach((_, exit) => {
    for (let raise = 0; raise < MOST_RAISES; raise++) {
      supports[exit]! += RAISE;
      if (covers()) continue;
      supports[exit]! -= RAISE;
      break;
    }
  });
  return supports;
}

/** A draw from the gamma distribution with a given shape (Marsaglia and Tsang, 2000). */
function drawGamma(shape: number, random: () => number): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
