import fc from 'fast-check';
import type { CachedLogits } from './cached-logits';

/** Multiples of 1/64 up to ±32: adding an integer to them is exact, so invariance can be tested bit by bit. */
const logit = fc.integer({ min: -2048, max: 2048 }).map((n) => n / 64);
const extremeLogit = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e4, max: 1e4, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1e4, -1e4, 3.4e38, -3.4e38) },
);

/** Random batches `[samples, classes]`, 1 to 8 samples, 2 to 6 classes. */
export const batches = matrices(logit);
/** Like `batches`, with logits up to ±1e4 and a few at the limits of float32. */
export const extremeBatches = matrices(extremeLogit);

function matrices(values: fc.Arbitrary<number>): fc.Arbitrary<{ logits: Float64Array; classes: number }> {
  return fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 6 }))
    .chain(([rows, classes]) =>
      fc
        .array(values, { minLength: rows * classes, maxLength: rows * classes })
        .map((logits) => ({ logits: Float64Array.from(logits), classes })),
    );
}

/** Random cached logits with labels: 1 to 12 samples, 2 to 5 classes, 1 to 5 exits. */
export const caches: fc.Arbitrary<CachedLogits & { labels: Int32Array }> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([samples, classes, exits]) => {
    const size = samples * classes;
    return fc.record({
      exits: fc.array(
        fc.array(logit, { minLength: size, maxLength: size }).map((values) => Float32Array.from(values)),
        { minLength: exits, maxLength: exits },
      ),
      samples: fc.constant(samples),
      classes: fc.constant(classes),
      labels: fc
        .array(fc.integer({ min: 0, max: classes - 1 }), { minLength: samples, maxLength: samples })
        .map((labels) => Int32Array.from(labels)),
    });
  });
