import { ArgumentError, DataError } from '@earlyexit/core';
import type { HostTensor } from '@earlyexit/core/safetensors';
import type { LayerGraph } from '@earlyexit/profiler';
import { updateAverage } from '../weights/moving-average';
import type { NamedWeight } from '../weights/named-weights';
import { tidyState } from '../optimizers/tidy-state';
import type { ParameterVector } from '../weights/parameter-vector';
import { computeInParts } from '../step/micro-batches';
import { createPassOn } from '../step/passed-on';
import { describePhase, openPhaseNetwork } from './phase-network';
import type { TrainingPhase } from '../regimes/regime';
import { tf } from '../tf';
import { classCount, type TrainPlan } from '../training/plan-training';
import { applyGradient, type Batch, computeGradient, type StepStatistics } from '../step/training-step';
import type { WorkerPool } from '../workers/worker-pool';

/** Trains one phase of a regime: knows which parameters move, and holds the optimizer's state and the average. */
export interface PhaseTrainer {
  readonly phase: TrainingPhase;
  /** Indices of the exits that are computed. */
  readonly computed: readonly number[];
  readonly parameters: ParameterVector;
  /** `[parameters]`; null without averaging. */
  readonly average: tf.Tensor1D | null;
  /** One training step; `weights` are those of the computed exits, `step` counts within the phase. */
  step(
    batch: Batch,
    weights: readonly number[],
    learningRate: number,
    step: number,
    /** Called before a part of the batch is computed, with its first row. */
    beforePart?: (row: number) => void,
  ): Promise<StepStatistics>;
  /** The optimizer's state, the average and the temperature of an annealed distillation, on the host. */
  save(): Promise<{
    readonly tensors: Map<string, HostTensor>;
    readonly numbers: Readonly<Record<string, number>>;
  }>;
  /**
   * Restores what `save` returned.
   *
   * @throws ArgumentError if it came from another optimizer or another averaging
   */
  restore(tensors: ReadonlyMap<string, HostTensor>, numbers: Readonly<Record<string, number>>): void;
  dispose(): void;
}

const optimizerPrefix = 'optimizer/';
/** Among the numbers of the optimizer. */
const temperatureName = 'distillation/temperature';
const averageName = 'average';

/**
 * Prepares a phase, with a fresh optimizer. With a pool, its workers share the batches.
 *
 * @throws ArgumentError if the network has nothing that the phase trains
 */
export function startPhase(
  phase: TrainingPhase,
  plan: TrainPlan,
  graph: LayerGraph,
  weights: readonly NamedWeight[],
  pool: WorkerPool | null = null,
): PhaseTrainer {
  const { optimizer, train, model, labelSmoothing } = plan;
  const description = describePhase(phase, graph, weights);
  const { computed } = description;
  const network = openPhaseNetwork(description, graph, weights, {
    imageShape: train.imageShape,
    classes: classCount(model),
    labelSmoothing,
  });
  const { parameters } = network;
  const passOn = phase.passedOnBy
    ? createPassOn(graph, phase.passedOnBy, { ...network.gradient, microBatch: plan.microBatch })
    : null;
  pool?.begin(description, network);
  const annealing = phase.distillation?.annealing ?? null;
  // As the threads have it.
  let temperature = Math.fround(phase.distillation?.temperature ?? 1);
  let state = tidyState(() => optimizer.init(parameters.read()));
  let average = plan.averageDecay === null ? null : parameters.read();
  return {
    phase,
    computed,
    parameters,
    get average() {
      return average;
    },
    async step(whole, wholeWeights, learningRate, step, beforePart) {
      const batch = passOn === null ? whole : await passOn(whole);
      const rows = batch.labels.length;
      if (rows === 0) {
        const none = (): Float32Array => new Float32Array(computed.length);
        return { rows, losses: none(), right: none(), confidence: null };
      }
      // Each sample weighs the same in the step, whatever became of the others in its batch.
      const factors = {
        weights: wholeWeights.map((weight) => (weight * rows) / whole.labels.length),
        temperature,
      };
      const { gradient, statistics } = await (pool === null
        ? computeInParts(batch, plan.microBatch, (part, row) => {
            beforePart?.(row);
            return computeGradient(part, factors, network.gradient);
          })
        : pool.computeGradient(batch, factors));
      const broken = statistics.losses.findIndex((loss) => !Number.isFinite(loss));
      if (broken >= 0) {
        // Before the update, so that the trained weights are still those of the last good step.
        gradient.dispose();
        throw new DataError({
          where: `train, step ${step + 1} of phase ${phase.name}`,
          rule: 'the loss must stay a finite number',
          received: `${statistics.losses[broken]!} at ${plan.model.metadata.exits[computed[broken]!]?.name ?? ''}`,
          remedy: `Lower the learning rate (it is ${learningRate}), clip the gradient's norm, or check the inputs`,
        });
      }
      if (annealing !== null && (statistics.confidence ?? 0) > annealing.highestConfidence)
        temperature = Math.fround(temperature * annealing.factor);
      state = applyGradient(gradient, state, learningRate, { optimizer, parameters });
      if (average !== null) average = updateAverage(average, parameters, plan.averageDecay ?? 0, step);
      return statistics;
    },
    async save() {
      const tensors = new Map<string, HostTensor>();
      for (const [name, tensor] of Object.entries(state.tensors))
        tensors.set(optimizerPrefix + name, await copy(tensor));
      if (average !== null) tensors.set(averageName, await copy(average));
      const numbers =
        annealing === null ? state.numbers : { ...state.numbers, [temperatureName]: temperature };
      return { tensors, numbers };
    },
    restore(tensors, numbers) {
      const names = Object.keys(state.tensors).map((name) => optimizerPrefix + name);
      if (average !== null) names.push(averageName);
      const fits =
        names.length === tensors.size &&
        names.every((name) => tensors.get(name)?.values.length === parameters.size) &&
        [...Object.keys(state.numbers), ...(annealing === null ? [] : [temperatureName])].every(
          (name) => typeof numbers[name] === 'number',
        );
      if (!fits) {
        throw new ArgumentError({
          where: 'train resume',
          rule: 'the optimizer, the regime and the averaging must be those of the run that is resumed',
          received: `${optimizer.name} for ${parameters.size} parameters`,
          remedy: 'Resume with the same options, or train in another folder',
        });
      }
      const vector = (name: string): tf.Tensor1D => tf.tensor1d((tensors.get(name) as HostTensor).values);
      const restored = Object.keys(state.tensors).map(
        (name) => [name, vector(optimizerPrefix + name)] as const,
      );
      tf.dispose(state.tensors);
      const { [temperatureName]: saved, ...others } = numbers;
      state = { tensors: Object.fromEntries(restored), numbers: others };
      temperature = saved ?? temperature;
      if (average !== null) {
        average.dispose();
        average = vector(averageName);
      }
    },
    dispose() {
      tf.dispose(state.tensors);
      average?.dispose();
      network.dispose();
    },
  };
}

async function copy(tensor: tf.Tensor): Promise<HostTensor> {
  return { shape: tensor.shape, values: Float32Array.from(await tensor.data()) };
}
