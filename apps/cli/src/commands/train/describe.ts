import type { ExitMetadata, MultiExitMetadata } from '@earlyexit/branch-head';
import type { StageGain } from '@earlyexit/calibration';
import type { DataSource } from '@earlyexit/datasets';
import { count, duration, percent, plural, shortMacs, shortNumber } from '@earlyexit/core/format';
import type { PreparedTraining, TrainedDocument } from '@earlyexit/runs';
import {
  type EpochMetrics,
  type Schedule,
  type TrainingProgress,
  defaultLossWeights,
} from '@earlyexit/trainer';

/** For users who know the option from the original example. */
export const ORACLE_NOTE =
  'thresholds are compared with max-probability; the original example’s rule is --criterion cross-entropy-oracle';

// Enough to see whether the folders were taken for what they are.
const CLASSES_SHOWN = 10;

/** What is going to be trained, and what it costs. */
export function describePlan({ name, model, recipe, data }: PreparedTraining, workers: number): string[] {
  const { exits, staticMacs, classes } = model.metadata;
  const { train, validation } = data.splits;
  const { epochs, batchSize, optimizer, schedule, regime } = recipe;
  const weights = recipe.lossWeights ?? defaultLossWeights(model.metadata);
  return [
    `${name} on ${data.settings.dataset}: ${count(train.size)} training and ${count(validation.size)} validation samples, ${plural(epochs, 'epoch')}`,
    `${String(classes.length)} classes: ${classes.slice(0, CLASSES_SHOWN).join(', ')}${classes.length > CLASSES_SHOWN ? ', …' : ''}`,
    `${regime.name} training, ${optimizer.name}, ${describeSchedule(schedule)}, batches of ${String(batchSize)}${workers === 1 ? '' : `, each shared by ${String(workers)} workers`}`,
    ...exits.map(
      (exit, index) => `${describeExit(exit, staticMacs)}, loss weight ${short(weights[index] ?? 0)}`,
    ),
    // Backward passes compute two gradients for each forward product.
    `cost: about ${shortNumber((exits.at(-1)?.macs ?? 0) * 3 * train.size * epochs)} MACs of training`,
  ];
}

/** An exit, where it is and what leaving there costs. */
export function describeExit({ name, attachedAfter, macs }: ExitMetadata, staticMacs: number): string {
  const place = attachedAfter === null ? 'the end' : `after ${attachedAfter}`;
  return `  ${name}: ${place}, ${shortMacs(macs)} MACs (${percent(macs / staticMacs, 1)} of the plain network)`;
}

function describeSchedule({ settings = {} }: Schedule): string {
  // A warm-up has the schedule itself within.
  const { name, learningRate } = (settings['schedule'] ?? settings) as Record<string, unknown>;
  return `learning rate ${String(learningRate)} (${String(name)})`;
}

function short(weight: number): string {
  return String(Number(weight.toFixed(4)));
}

/** Says that nothing has happened. */
export function describeDryRun({ runDirectory }: PreparedTraining): string {
  return `dry run: nothing was trained, ${runDirectory} was not touched`;
}

/** How to go on. */
export function describeInterruption({ run, step }: TrainedDocument): string {
  return `saved after step ${count(step)}; go on with: earlyexit train --resume --out ${run}`;
}

/** What came of a training. */
export function describeTrained(metadata: MultiExitMetadata, document: TrainedDocument): string[] {
  const { run, model, dataset, epochs, bestEpoch, stoppedEarly, alreadyFinished, gains, seconds } = document;
  const best = epochs.find(({ epoch }) => epoch === bestEpoch);
  return [
    alreadyFinished
      ? `${run} is finished: ${plural(epochs.length, 'epoch')} were done before, nothing is left to do`
      : `trained ${model} on ${dataset}: ${plural(epochs.length, 'epoch')}${stoppedEarly ? ' (stopped early)' : ''} in ${duration(seconds)}`,
    ...(best === undefined ? [] : [`best epoch ${String(best.epoch)}: ${describeAccuracy(metadata, best)}`]),
    ...(gains ?? []).map((gain) => describeGain(metadata, gain)),
    `saved in ${run}; next: earlyexit calibrate ${run}`,
  ];
}

/** The images that could not be read, once more at the end, where they are seen. */
export function describeSkipped({ skipped = [] }: Pick<DataSource, 'skipped'>): string[] {
  if (skipped.length === 0) return [];
  const what = plural(skipped.length, 'image');
  return [
    `trained without ${what} that cannot be read:`,
    ...skipped.map(({ place, reason }) => `  ${place}: ${reason}`),
  ];
}

function describeGain({ exits }: MultiExitMetadata, gain: StageGain): string {
  const { exit, answered, passedOn, gainMacs, pays, admitted } = gain;
  const reached = answered + passedOn;
  const verdict = admitted
    ? `it pays: ${shortNumber(gainMacs)} MACs saved`
    : pays
      ? 'it would pay, but an exit before it does not'
      : `it does not pay: ${shortNumber(-gainMacs)} MACs lost; leave it out with --exits`;
  return `  ${exits[exit]?.name ?? ''}: answers ${count(answered)} of the ${count(reached)} training samples that reach it (${percent(answered / Math.max(1, reached), 1)}); ${verdict}`;
}

/** Where the training is, behind the progress line. */
export function describeProgress({ exits }: MultiExitMetadata, progress: TrainingProgress): string {
  const { epoch, epochs, loss, imagesPerSecond } = progress;
  const accuracy = ofEachExit(exits, progress.accuracy, 1);
  return `epoch ${String(epoch)}/${String(epochs)} · loss ${loss.toPrecision(3)} · ${accuracy} · ${count(imagesPerSecond)} images/s`;
}

/** What an epoch came to. */
export function describeEpoch(metadata: MultiExitMetadata, epoch: EpochMetrics): string {
  return `epoch ${String(epoch.epoch)}: loss ${epoch.trainLoss.toFixed(4)}, ${describeAccuracy(metadata, epoch)}, ${duration(epoch.seconds)}`;
}

function describeAccuracy({ exits }: MultiExitMetadata, { validation, trainAccuracy }: EpochMetrics): string {
  const each = ofEachExit(exits, validation?.accuracy ?? trainAccuracy);
  const measured = validation === null ? 'the training samples' : 'validation';
  const total = validation?.summary?.top1 ?? null;
  return `${each} right on ${measured}${total === null ? '' : `, ${percent(total)} with the thresholds`}`;
}

function ofEachExit(
  exits: readonly ExitMetadata[],
  values: readonly (number | null)[],
  digits?: number,
): string {
  return exits
    .flatMap(({ name }, exit) => {
      const value = values[exit] ?? null;
      return value === null ? [] : [`${name} ${percent(value, digits)}`];
    })
    .join(', ');
}
