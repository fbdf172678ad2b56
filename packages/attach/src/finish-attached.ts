import { selectSamples } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  capThresholds,
  type ExitCosts,
  policyToJson,
  UNKNOWN_SPLIT,
} from '@earlyexit/exit-criteria';
import {
  buildFolder,
  type FolderExport,
  type ForeignPlan,
  type MultiExitMetadata,
  type StagedExport,
  writeForeignConditional,
  writeForeignStages,
  writeForeignStatic,
} from '@earlyexit/onnx/foreign';
import { checkAnswers, requireGain } from './check-attached';
import { chooseThresholds, type JudgedLogits, type ThresholdAim } from './choose-thresholds';
import type { ClassifierImages, ImageParts } from './classifier-images';
import { CRITERION } from './criterion';
import { type ExitsReport, reportExits } from './exits-report';
import { quantizeAttached } from './quantize-attached';

/** A file with exits and what it did on images that nothing was chosen by. */
export interface AttachedFile {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly report: ExitsReport;
  /**
   * Writes the same as one file a stage, for runtimes without `If`: `writeExport` of `@earlyexit/onnx/node` puts them into a
   * folder.
   */
  readonly stages: () => Promise<StagedExport>;
  /**
   * Writes the same as a model folder in the hub's layout, which stock transformers.js loads: `writeExport` puts it there.
   *
   * @param name of the folder, for the examples in its card
   */
  readonly folder: (name: string) => Promise<FolderExport>;
  /** Writes the network alone, with the same input and name: what the file is timed against. */
  readonly withoutExits: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Positions of the images that the report counts. */
  readonly reportRows: Int32Array;
  /** What the file says of its network: exits, costs, policy. */
  readonly metadata: MultiExitMetadata;
  /**
   * What every exit says of the images that the thresholds were found on, and of those of the report, for `collectReport` of
   * `@earlyexit/evaluation`. Where labels are not known, they are the network's own answers.
   */
  readonly logits: { readonly promise: CachedLogits; readonly report: CachedLogits };
}

/** What the thresholds are chosen by, and how they are written. */
export interface FinishOptions extends WorkOptions {
  /** Like those to come, and not those that the networks were trained on; of the last network's size. */
  readonly images: ClassifierImages;
  /** One an image; null or left out where they are not known. */
  readonly labels?: Int32Array | null | undefined;
  readonly aim: ThresholdAim;
  /** The most multiply-accumulates that an image may cost: the last exit within it answers whatever is left. No cap unless given. */
  readonly maxMacs?: number | undefined;
  /**
   * `int8` lets convolutions compute with whole numbers; ranges come from the images that things are fitted on, and
   * thresholds are found for the answers in int8, held against the network's own in float32. `float32` unless given.
   */
  readonly dtype?: 'float32' | 'int8' | undefined;
  /** In int8, the least share of images to which each exit says what it says in float32, 0 to 1; 0.8 unless given. */
  readonly minAgreement?: number | undefined;
  /** `constants` builds the thresholds in, for runtimes that know nothing of exits; `input` unless given. */
  readonly thresholdsAs?: 'input' | 'constants' | undefined;
}

/** A network with its exits, before their thresholds are known. */
interface Unfinished {
  readonly plan: Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'>;
  readonly costs: ExitCosts;
  /** What every exit says of the images of the three parts, one part behind the other. */
  readonly cached: CachedLogits;
  /** Which images these are. */
  readonly rows: Int32Array;
  readonly parts: ImageParts;
  /** How many images heads have learnt from, besides. */
  readonly taught: number;
  /** The network whose answers the file keeps, for errors. */
  readonly where: string;
  /** What has to cost less than that network, for errors; `where` unless given. */
  readonly gains?: string;
  /** The function that was called, for errors. */
  readonly caller: string;
}

/**
 * Chooses the thresholds on two parts of the images, reports on the third, and writes the file.
 *
 * @throws DataError if all images get the same answer, or the exits gain nothing; ArgumentError for a cap that no exit is within
 */
export async function finishAttached(
  unquantized: Unfinished,
  options: Omit<FinishOptions, 'labels'>,
): Promise<AttachedFile> {
  const { costs, cached, rows, parts, taught, where, gains = where, caller } = unquantized;
  const { aim, dtype, thresholdsAs = 'input', maxMacs, images, minAgreement } = options;
  const { signal, onProgress, onNote } = options;
  const sizes = { fit: parts.fit.length, promise: parts.promise.length };
  const int8 =
    dtype === 'int8'
      ? await quantizeAttached(
          unquantized.plan,
          { cached, images, rows, parts: sizes, minAgreement, caller },
          { signal, onProgress, onNote },
        )
      : null;
  const plan = { ...unquantized.plan, quantization: int8?.quantization };
  const end = sizes.fit + sizes.promise;
  const ranges = [range(0, sizes.fit), range(sizes.fit, end), range(end, cached.samples)];
  const [fit, promise, held] = ranges.map((part) => judged(cached, int8?.cached, part));
  const chosen = chooseThresholds(fit!, promise!, costs, aim);
  const capped = costs.exitMacs.map((macs) => ({ macs }));
  const thresholds = capThresholds(chosen.thresholds, capped, maxMacs, caller);
  const isCapped = thresholds.join() !== chosen.thresholds.join();
  // A cap answers what the promise would have left to the network.
  const policy = isCapped ? { ...chosen, thresholds, promise: undefined } : chosen;
  if (isCapped && chosen.promise !== undefined) {
    onNote?.({
      level: 'warning',
      text: `${where}: with a cap nothing is promised, for it answers images of which no exit is sure`,
    });
  }
  const told = { heads: taught, choosing: sizes.fit, promise: sizes.promise, report: held!.samples };
  const counted = reportExits(held!, policy, costs, plan.metadata, { parts: told, aim });
  const report = { ...counted, dtype: dtype ?? 'float32', agreement: int8?.agreement ?? null };
  checkAnswers(cached, report.confidentAnswers, { where, caller }, { onNote });
  requireGain(promise!, policy, costs, gains);
  const fittedOn = int8 && [
    { what: 'int8-ranges', fingerprint: UNKNOWN_SPLIT, samples: int8.samples } as const,
  ];
  const metadata = { ...plan.metadata, policy: policyToJson(policy), ...(fittedOn && { fittedOn }) };
  const decided = { ...plan, criterion: CRITERION, thresholdsAs, metadata };
  const whole = { ...decided, thresholds: policy.thresholds, temperatures: policy.temperatures };
  return {
    file: await writeForeignConditional(whole),
    report,
    stages: () => writeForeignStages({ ...plan, metadata }, where),
    folder: (name) => folderOf(whole, name),
    withoutExits: () => writeForeignStatic({ ...plan, metadata }),
    reportRows: rows.slice(end),
    metadata,
    logits: { promise: labelled(promise!), report: labelled(held!) },
  };
}

/** Some of the images: what the exits say, and what the network said as it was. */
function judged(float32: CachedLogits, int8: CachedLogits | undefined, part: Int32Array): JudgedLogits {
  const own = selectSamples(float32, part);
  return int8 === undefined ? own : { ...selectSamples(int8, part), original: own.exits.at(-1)! };
}

/** With the network's own answers in place of labels that are not known. */
function labelled({ original, ...logits }: JudgedLogits): CachedLogits {
  const { labels, classes, exits } = logits;
  return { ...logits, labels: labels ?? Int32Array.from(argmaxRows(original ?? exits.at(-1)!, classes)) };
}

async function folderOf(plan: ForeignPlan, folder: string): Promise<FolderExport> {
  const { metadata, criterion, thresholds, quantization } = plan;
  const preprocessing = metadata.preprocessing!;
  const graph = await writeForeignConditional({
    ...plan,
    ...{ thresholdsAs: 'constants', foldTemperatures: true },
    colorInput: preprocessing.inputShape[2] === 1,
  });
  return buildFolder(graph, {
    ...{ folder, metadata, preprocessing, criterion, thresholds, isInt8: quantization !== undefined },
    ...{ evaluation: null, dataset: null },
  });
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}
