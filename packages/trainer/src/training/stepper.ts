import { ArgumentError } from '@earlyexit/core';
import { readLayerGraph } from '@earlyexit/profiler';
import { seedDropout } from '../seeds/dropout-seeds';
import { namedWeights } from '../weights/named-weights';
import { startPhase } from '../phase/phase-trainer';
import { constantSchedule } from '../schedules/constant-schedule';
import { openPool } from './train';
import { planTraining } from './plan-training';
import type { TrainOptions } from './train-options';
import type { StepStatistics } from '../step/training-step';

/** What {@link openStepper} takes: those options of `train` that concern a single step. */
export interface StepperOptions extends Pick<
  TrainOptions,
  'model' | 'batchSize' | 'optimizer' | 'lossWeights' | 'labelSmoothing' | 'averageDecay' | 'seed' | 'workers'
> {
  /** That of the optimizer unless given. */
  readonly learningRate?: number;
}

/** Training steps one at a time. */
export interface Stepper {
  /** One step on images `[rows, height, width, channels]` and labels `[rows]`; at most `batchSize` rows. */
  step(images: Float32Array, labels: Int32Array): Promise<StepStatistics>;
  /** Ends worker threads and gives memory back; the network keeps its trained weights. */
  dispose(): Promise<void>;
}

/**
 * Trains a network step by step, all parts together, without epochs, validation and files: for measurements, and for
 * training loops of your own.
 *
 * @throws ArgumentError for options that cannot be, EnvironmentError if a worker thread does not start
 */
export async function openStepper(options: StepperOptions): Promise<Stepper> {
  const { learningRate, ...rest } = options;
  const shape = (options.model.model.inputs[0]?.shape.slice(1) ?? []) as [number, number, number];
  const imageSize = shape.reduce((size, length) => size * length, 1);
  const plan = planTraining({
    ...rest,
    epochs: 1,
    ...(learningRate === undefined ? {} : { schedule: constantSchedule(learningRate) }),
    // Steps are given their samples by the caller.
    train: {
      size: 1,
      labels: new Int32Array(1),
      imageShape: shape,
      load: () => Promise.reject(new TypeError()),
    },
  });
  const phase = plan.phases[0]!;
  const graph = readLayerGraph(plan.model.model);
  const pool = await openPool(plan);
  const dropout = seedDropout(graph, plan.seed);
  const trainer = startPhase(phase, plan, graph, namedWeights(graph), pool);
  const weights = trainer.computed.map((exit) => phase.lossWeights(0)[exit]!);
  let done = 0;
  return {
    async step(images, labels) {
      const rows = labels.length;
      if (rows < 1 || rows > plan.batchSize || images.length !== rows * imageSize) {
        throw new ArgumentError({
          function: 'openStepper',
          argument: 'step',
          rule: `takes 1 to ${plan.batchSize} images of ${shape.join('×')} numbers, and a label for each`,
          received: `${images.length} numbers and ${rows} labels`,
        });
      }
      dropout.set(done);
      pool?.setStep(done);
      const statistics = await trainer.step(
        { images, labels },
        weights,
        plan.schedule(done, done + 1),
        done,
        (row) => {
          dropout.set(done, row);
        },
      );
      done += 1;
      return statistics;
    },
    async dispose() {
      trainer.dispose();
      dropout.restore();
      await pool?.close();
    },
  };
}
