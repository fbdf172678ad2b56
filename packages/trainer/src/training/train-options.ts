import type { MultiExitModel, SampleSource } from '@earlyexit/branch-head';
import { type ExitPolicy } from '@earlyexit/exit-criteria';
import type { InputThreadOptions } from '../input/input-thread-options';
import { type LossWeightSchedule } from './loss-weights';
import type { Optimizer } from '../optimizers/optimizer';
import type { Regime } from '../regimes/regime';
import type { IdentifiedSamples } from '../run-folder/splits-file';
import type { Schedule } from '../schedules/schedule';
import type { TrainingEvent } from './training-event';
import type { WorkersOptions } from '../workers/worker-options';

/** When to stop before the last epoch. */
export interface EarlyStopping {
  /** Epochs in a row without a better one. */
  readonly patience: number;
}

/** Samples a step, unless another number is asked for. */
export const DEFAULT_BATCH_SIZE = 128;

/** What `train` takes. */
export interface TrainOptions {
  /** The network; its weights are trained in place. */
  readonly model: MultiExitModel;
  readonly train: SampleSource & Partial<IdentifiedSamples>;
  /** Chooses the best epoch and stops early; without it the last epoch counts as the best. */
  readonly validation?: (SampleSource & Partial<IdentifiedSamples>) | null;
  /**
   * With `test` and `unused`, the samples that are kept from the training. Where samples have keys, as the splits of
   * `@earlyexit/datasets` do, the run folder records which was in which split, and the run is always opened with these:
   * `train({ model, ...splitDataset(source), … })`.
   */
  readonly calibration?: IdentifiedSamples;
  readonly test?: IdentifiedSamples;
  readonly unused?: IdentifiedSamples;
  readonly epochs: number;
  /** 128 unless given; the last batch of an epoch may be short. */
  readonly batchSize?: number;
  /**
   * Samples whose activations are in memory at a time: a larger batch is computed in parts of at most so many, whose
   * gradients are averaged before the one step. Batch normalisation normalises each part by itself. Unless given, the whole
   * batch, or with large images what takes 288 MiB. Workers divide batches themselves: it is not for several.
   */
  readonly microBatch?: number;
  /** `sgd()` unless given. */
  readonly optimizer?: Optimizer;
  /** The optimizer's own learning rate throughout unless given. */
  readonly schedule?: Schedule;
  /**
   * One for each of the K+1 exits, the final one last, or a function of the progress. Unless given, the network's own,
   * else 1 / (K+1) each. `resolveLossWeights` makes them from the early exits' weights.
   */
  readonly lossWeights?: readonly number[] | LossWeightSchedule;
  /** Share of the target that is spread over all classes; 0 unless given. */
  readonly labelSmoothing?: number;
  /** Which parts are trained when; `joint()` unless given. */
  readonly regime?: Regime;
  /**
   * Decay of an exponential moving average of the trained weights, in [0, 1); none unless given. The average is what is
   * validated, saved and returned. It starts with min(decay, (1 + step) / (10 + step)), so that it forgets the start.
   */
  readonly averageDecay?: number;
  /** Needs `validation`. The best epoch's weights are restored at the end. */
  readonly earlyStopping?: EarlyStopping;
  /**
   * Ends with the weights of the best epoch instead of the last; unless given, true with `earlyStopping`, otherwise
   * false.
   */
  readonly restoreBest?: boolean;
  /** Order of the samples, augmentation and dropout follow from it; 0 unless given. */
  readonly seed?: number;
  /**
   * How many threads share each batch, this one included; 1 unless given. WASM engine only. The gradients of the parts are
   * averaged, weighted by their samples; batch normalisation normalises each part by itself, and its moving statistics
   * are averaged likewise. Another number adds up in another order: results repeat bit by bit only with the same one.
   */
  readonly workers?: number | WorkersOptions;
  /**
   * Whether a thread of its own loads and augments the next batch while this one computes. By default where `train.load` has
   * an `origin`, as the splits of `@earlyexit/datasets` have unless an augmentation is not registered. The batches are the
   * same, bit by bit.
   */
  readonly inputThread?: boolean | InputThreadOptions;
  /** Where samples leave when validating. */
  readonly policy?: ExitPolicy;
  /** A new or empty folder for all that the training writes; nothing is written without it. */
  readonly runDirectory?: string;
  /** Goes on from the newest whole checkpoint in `runDirectory`; false unless given. */
  readonly resume?: boolean;
  /** How many checkpoints to keep; 2 unless given. */
  readonly keepCheckpoints?: number;
  /** A checkpoint every so many steps, beside the one after each epoch. */
  readonly checkpointEvery?: number;
  /** Further content of `config.json`: whatever the caller needs to repeat the run. Plain JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Ends the training after the present step, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
}
