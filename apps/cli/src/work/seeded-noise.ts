/** Seeded noise between −2 and 2, in place of images that are only looked at for their number. */
export function seededNoise(length: number, seed: number): Float32Array {
  // A linear congruential generator: noise for a stopwatch needs no better one.
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 4 - 2;
  });
}
