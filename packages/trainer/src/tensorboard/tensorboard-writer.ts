import { ArgumentError } from '@earlyexit/core';
import type { EpochMetrics } from '../epoch/epoch-metrics';
import type { TrainingEvent } from '../training/training-event';
import { type EventFile, openEventFile } from './event-file';
import { type Chart, layoutValue, sessionStart, type SummaryValue, textValue } from './event-messages';
import { createRecordFraming } from './record-framing';
import { createStepWindow } from '../epoch/step-window';

/** What a TensorBoard writer needs. */
export interface TensorBoardOptions {
  /** A folder for the event files; it is made when the training starts. */
  readonly directory: string;
  /** The names of all exits, the final one last: `model.metadata.exits`. */
  readonly exits: readonly string[];
  /** Steps whose means make one point of the curves under `train/`; 20 unless given. */
  readonly interval?: number;
  /** About the run, in Markdown, for TensorBoard's page Text. */
  readonly description?: string;
}

/** Writes the events of a training for TensorBoard. */
export interface TensorBoardWriter {
  /**
   * To be given to `train` as `onEvent`.
   *
   * @throws EnvironmentError if the folder cannot be written
   */
  readonly onEvent: (event: TrainingEvent) => void;
  /** Ends the file; what comes later is not written. */
  dispose(): void;
}

type Scalars = readonly (readonly [tag: string, value: number | null | undefined])[];

const DEFAULT_INTERVAL = 20;

/**
 * Makes a writer of TensorBoard event files.
 *
 * Scalars over the steps: `train/loss`, `train/loss/EXIT`, `train/accuracy/EXIT`, `train/learning_rate`,
 * `train/images_per_second` and `train/wait_share`, each the mean of the steps since the point before. At the end of
 * each epoch: the same of the whole epoch under `epoch/`, and `validation/loss`, `validation/loss/EXIT`,
 * `validation/accuracy/EXIT`, with a policy also `validation/top1`, `validation/share/EXIT` and
 * `validation/top1/EXIT`.
 *
 * A resumed training goes on in a new file that begins with a session start at the first step that is new; from there
 * on readers forget what an interrupted run wrote after its last checkpoint.
 *
 * @throws ArgumentError for a bad interval
 */
export async function createTensorBoardWriter(options: TensorBoardOptions): Promise<TensorBoardWriter> {
  const { directory, exits, interval = DEFAULT_INTERVAL, description } = options;
  if (!Number.isInteger(interval) || interval < 1) {
    throw new ArgumentError({
      function: 'createTensorBoardWriter',
      argument: 'interval',
      rule: 'must be a whole number of steps from 1 up',
      received: String(interval),
    });
  }
  const frame = await createRecordFraming();
  const window = createStepWindow(exits.length);
  let file: EventFile | null = null;
  let latest = { step: 0, learningRate: 0 };
  const begin = (step: number): void => {
    file = openEventFile(directory, frame);
    file.append(sessionStart, step);
    const about = description === undefined ? [] : [textValue('run', description)];
    file.append({ summary: { value: [...about, layoutValue('Exits', chartsOf(exits))] } }, step);
  };
  const write = (scalars: Scalars, step: number): void => {
    const value = scalars.flatMap(([tag, simpleValue]): SummaryValue[] =>
      simpleValue === null || simpleValue === undefined ? [] : [{ tag, simpleValue }],
    );
    file?.append({ summary: { value } }, step);
  };
  const writeWindow = (): void => {
    const means = window.take();
    if (means === null) return;
    const { loss, losses, accuracy, imagesPerSecond, waitShare } = means;
    write(
      [
        ['train/loss', loss],
        ...perExit('train/loss', exits, losses),
        ...perExit('train/accuracy', exits, accuracy),
        ['train/learning_rate', latest.learningRate],
        ['train/images_per_second', imagesPerSecond],
        ['train/wait_share', waitShare],
      ],
      latest.step,
    );
  };
  return {
    onEvent(event) {
      switch (event.type) {
        case 'start':
          begin(0);
          break;
        case 'resume':
          begin(event.step + 1);
          break;
        case 'progress':
          latest = { step: event.step, learningRate: event.learningRate };
          window.add(event.latest);
          if (event.step % interval === 0 || event.batch === event.stepsPerEpoch) writeWindow();
          break;
        case 'epoch':
          write(epochScalars(event, exits), event.step);
          file?.sync();
          break;
        // What is resumed from here begins a new window: everything up to here has to stand in this one.
        case 'checkpoint':
        case 'interrupt':
        case 'end':
        case 'fail':
          writeWindow();
          break;
        case 'warning':
          break;
      }
    },
    dispose() {
      file?.close();
      file = null;
    },
  };
}

function epochScalars(metrics: EpochMetrics, exits: readonly string[]): Scalars {
  const { validation } = metrics;
  const summary = validation?.summary ?? null;
  return [
    ['epoch/loss', metrics.trainLoss],
    ...perExit('epoch/loss', exits, metrics.trainLosses),
    ...perExit('epoch/accuracy', exits, metrics.trainAccuracy),
    ['epoch/learning_rate', metrics.learningRate],
    ['epoch/images_per_second', metrics.imagesPerSecond],
    ['epoch/wait_share', metrics.waitShare],
    ['validation/loss', validation?.loss],
    ...perExit('validation/loss', exits, validation?.losses ?? []),
    ...perExit('validation/accuracy', exits, validation?.accuracy ?? []),
    ['validation/top1', summary?.top1],
    ...perExit('validation/share', exits, summary?.exits.map(({ share }) => share) ?? []),
    ...perExit('validation/top1', exits, summary?.exits.map(({ top1 }) => top1) ?? []),
  ];
}

function perExit(tag: string, exits: readonly string[], values: readonly (number | null)[]): Scalars {
  return exits.map((name, exit) => [`${tag}/${name}`, values[exit]] as const);
}

/** All exits in one chart: what TensorBoard's page Custom Scalars shows. */
function chartsOf(exits: readonly string[]): Chart[] {
  const chart = (title: string, tag: string, ...more: string[]): Chart => ({
    title,
    tags: [...exits.map((name) => `${tag}/${name}`), ...more],
  });
  return [
    chart('validation accuracy', 'validation/accuracy', 'validation/top1'),
    chart('training accuracy', 'train/accuracy'),
    chart('validation loss', 'validation/loss', 'validation/loss'),
    chart('training loss', 'train/loss', 'train/loss'),
    chart('share that leaves', 'validation/share'),
  ];
}
