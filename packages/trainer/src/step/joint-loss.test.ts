import { selectEngine } from '@earlyexit/backend';
import { logSoftmax } from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Distillation, jointLoss } from './joint-loss';
import type { TrainingObjective } from '../regimes/training-objective';
import { tf } from '../tf';

interface Case {
  readonly logits: number[][][];
  readonly targets: number[][];
  readonly labels: number[];
  readonly weights: number[];
}

/** The definition, sample by sample, in float64. */
function slowLosses({ logits, targets }: Case, distillation: Distillation | null): number[] {
  const last = logits.length - 1;
  return logits.map((exit, index) => {
    const crossEntropy = mean(exit.map((row, sample) => -dot(logP(row), targets[sample]!)));
    if (distillation === null || index === last) return crossEntropy;
    const { share, temperature } = distillation;
    const soften = (row: number[]): number[] => logP(row.map((value) => value / temperature));
    const divergence = mean(
      exit.map((row, sample) => {
        const student = soften(row);
        const teacher = soften(logits[last]![sample]!);
        return teacher.reduce((sum, log, c) => sum + Math.exp(log) * (log - student[c]!), 0);
      }),
    );
    return (1 - share) * crossEntropy + share * temperature ** 2 * divergence;
  });
}

const logP = (row: number[]): number[] => [...logSoftmax(Float64Array.from(row), row.length)];
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The closed form; the teacher takes no gradient. */
function slowGradient({ logits, targets, weights }: Case, distillation: Distillation | null): number[][][] {
  const last = logits.length - 1;
  return logits.map((exit, index) =>
    exit.map((row, sample) => {
      const plain = logP(row).map((log, c) => Math.exp(log) - targets[sample]![c]!);
      const scale = weights[index]! / exit.length;
      if (distillation === null || index === last) return plain.map((value) => value * scale);
      const { share, temperature } = distillation;
      const student = logP(row.map((value) => value / temperature));
      const teacher = logP(logits[last]![sample]!.map((value) => value / temperature));
      return plain.map(
        (value, c) =>
          scale *
          ((1 - share) * value + share * temperature * (Math.exp(student[c]!) - Math.exp(teacher[c]!))),
      );
    }),
  );
}

function run(
  example: Case,
  distillation: Distillation | null,
  objective: TrainingObjective = 'cross-entropy',
): { loss: number; statistics: number[]; gradient: number[][][] } {
  const { logits, targets, labels, weights } = example;
  const exits = logits.length;
  const batch = labels.length;
  const classes = targets[0]!.length;
  let statistics: number[] = [];
  const gradient = tf.tidy(() => {
    const inputs = logits.map((exit) => tf.tensor2d(exit));
    const compute = (...tensors: tf.Tensor[]): tf.Scalar => {
      const joint = jointLoss(
        tensors as tf.Tensor2D[],
        {
          distribution: tf.tensor3d(targets.flat(), [1, batch, classes]),
          labels: tf.tensor2d(
            logits.flatMap(() => labels),
            [exits, batch],
            'int32',
          ),
        },
        tf.tensor3d(weights, [exits, 1, 1]),
        distillation,
        objective,
      );
      statistics = [...joint.statistics.dataSync()];
      joint.statistics.dispose();
      return joint.loss;
    };
    const { value, grads } = tf.valueAndGrads(compute)(inputs);
    return { loss: value.dataSync()[0]!, gradient: grads.map((grad) => grad.arraySync() as number[][]) };
  });
  return { ...gradient, statistics };
}

const cases = fc
  .record({
    exits: fc.integer({ min: 1, max: 4 }),
    batch: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 2, max: 6 }),
  })
  .chain(({ exits, batch, classes }) => {
    const logit = fc.double({ min: -30, max: 30, noNaN: true }).map(Math.fround);
    const rows = fc.array(fc.array(logit, { minLength: classes, maxLength: classes }), {
      minLength: batch,
      maxLength: batch,
    });
    return fc
      .record({
        logits: fc.array(rows, { minLength: exits, maxLength: exits }),
        labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: batch, maxLength: batch }),
        weights: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: exits, maxLength: exits }),
        smoothing: fc.constantFrom(0, 0.1),
      })
      .map(({ smoothing, labels, ...rest }) => ({
        ...rest,
        labels,
        targets: labels.map((label) =>
          Array.from({ length: classes }, (_, c) => smoothing / classes + (c === label ? 1 - smoothing : 0)),
        ),
      }));
  });

describe.each(['cpu', 'wasm'] as const)('jointLoss on %s', (engine) => {
  beforeAll(async () => {
    await selectEngine(engine);
  });

  // Float32 sums of a handful of terms up to 60, softened squares up to 9 times that.
  const tolerance = { loss: 2e-3, gradient: 2e-5 };

  it.each([null, { share: 0.4, temperature: 3 }])(
    'agrees with its definition (distillation %o)',
    (distillation) => {
      fc.assert(
        fc.property(cases, (example) => {
          const { loss, statistics, gradient } = run(example, distillation);
          const expected = slowLosses(example, distillation);
          expected.forEach((value, exit) => {
            expect(Math.abs(statistics[exit]! - value)).toBeLessThan(tolerance.loss);
          });
          expect(Math.abs(loss - dot(expected, example.weights))).toBeLessThan(tolerance.loss * 4);
          const slow = slowGradient(example, distillation).flat(2);
          gradient.flat(2).forEach((value, index) => {
            expect(Math.abs(value - slow[index]!)).toBeLessThan(tolerance.gradient);
          });
          const right = example.logits.map(
            (exit) =>
              exit.filter((row, sample) => row.indexOf(Math.max(...row)) === example.labels[sample]).length,
          );
          const [exits, temperature] = [example.logits.length, distillation?.temperature];
          expect(statistics.slice(exits, 2 * exits)).toEqual(right);
          const further = statistics.slice(2 * exits);
          if (temperature === undefined || exits === 1) expect(further).toEqual([]);
          else {
            const soften = (row: number[]): number =>
              Math.max(...logP(row.map((value) => value / temperature)));
            const surest = example.logits.at(-1)!.map((row) => Math.exp(soften(row)));
            expect(Math.abs(further[0]! - mean(surest))).toBeLessThan(1e-5);
            expect(further).toHaveLength(1);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  it('agrees with the definition of least mean squares', () => {
    fc.assert(
      fc.property(cases, ({ logits, targets, labels, weights }) => {
        const { statistics, gradient } = run({ logits, targets, labels, weights }, null, 'squared-error');
        logits.forEach((exit, index) => {
          const squares = exit.map((row, sample) => row.map((value, c) => value - targets[sample]![c]!));
          const expected = mean(squares.map((row) => dot(row, row) / 2));
          expect(Math.abs(statistics[index]! - expected)).toBeLessThan(1e-6 * expected + 1e-6);
          squares.forEach((row, sample) => {
            row.forEach((value, c) => {
              const slow = (value * weights[index]!) / exit.length;
              expect(Math.abs(gradient[index]![sample]![c]! - slow)).toBeLessThan(tolerance.gradient);
            });
          });
        });
      }),
      { numRuns: 30 },
    );
  });

  it('stays finite for logits that overflow an exponential', () => {
    const example = { logits: [[[1e4, -1e4, 0]]], targets: [[0, 1, 0]], labels: [1], weights: [1] };
    const { loss, gradient } = run(example, null);
    expect(loss).toBeCloseTo(2e4, -1);
    expect(gradient[0]![0]).toEqual([1, -1, 0]);
  });

  it('leaves no tensor behind', () => {
    const example = { logits: [[[1, 2]], [[0, 1]]], targets: [[1, 0]], labels: [0], weights: [0.5, 0.5] };
    run(example, null);
    const before = tf.memory().numTensors;
    run(example, { share: 0.5, temperature: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
