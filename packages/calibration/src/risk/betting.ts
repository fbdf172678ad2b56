/**
 * Evidence against "the mean of these losses is at least `mean`", by betting (Waudby-Smith and Ramdas, JRSS-B 2024):
 * the logarithm of the largest wealth that a gambler betting on smaller losses ever holds. If the mean is at least
 * `mean`, the wealth ever reaches 1/δ with probability at most δ.
 *
 * The stakes follow the predictable plug-in of the paper: each depends only on the losses before it, so the order of
 * the losses matters and must not depend on their values.
 *
 * @param losses At most 1; negative ones are allowed and win more.
 * @param mean Between 0 and 1.
 * @param delta The stakes are tuned to this level.
 */
export function bettingEvidence(losses: ArrayLike<number>, mean: number, delta: number): number {
  const count = losses.length;
  let wealth = 0;
  let largest = 0;
  let sum = 0;
  let squares = 0.25;
  let variance = 0.25;
  for (let i = 0; i < count; i++) {
    const loss = losses[i]!;
    // At a stake of at most 1 no loss up to 1 can bankrupt the gambler.
    const stake = Math.min(Math.sqrt((2 * Math.log(1 / delta)) / (count * variance)), 1);
    wealth += Math.log1p(-stake * (loss - mean));
    largest = Math.max(largest, wealth);
    sum += loss;
    const estimate = (0.5 + sum) / (i + 2);
    squares += (loss - estimate) ** 2;
    variance = squares / (i + 2);
  }
  return largest;
}

/** Whether betting shows, at level δ, that the mean of the losses is below `mean`. */
export function isBelowByBetting(losses: ArrayLike<number>, mean: number, delta: number): boolean {
  return bettingEvidence(losses, mean, delta) >= Math.log(1 / delta);
}
