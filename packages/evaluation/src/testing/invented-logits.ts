import { randomStream } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';

/** Invented logits of a network whose later exits see more clearly. The same seed gives the same logits. */
export function inventLogits({
  samples,
  exits = 3,
  classes = 6,
  seed = 0,
}: {
  samples: number;
  exits?: number;
  classes?: number;
  seed?: number;
}): CachedLogits & { readonly labels: Int32Array } {
  const random = randomStream(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const logits = Array.from({ length: exits }, () => new Float32Array(samples * classes));
  const labels = Int32Array.from({ length: samples }, (_, row) => {
    const label = Math.floor(random() * classes);
    const ease = 1.5 + 2 * normal();
    for (const [exit, values] of logits.entries()) {
      for (let c = 0; c < classes; c++)
        values[row * classes + c] = normal() + (c === label ? ease + exit : 0);
    }
    return label;
  });
  return { exits: logits, samples, classes, labels };
}
