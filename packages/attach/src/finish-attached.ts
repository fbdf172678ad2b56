import { selectSamples } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import { type CachedLogits, capThresholds, type ExitCosts, policyToJson } from '@earlyexit/exit-criteria';
import {
  type ForeignPlan,
  type StagedExport,
  writeForeignConditional,
  writeForeignStages,
} from '@earlyexit/onnx/foreign';
import { checkAnswers, requireGain } from './check-attached';
import { chooseThresholds, type ThresholdAim } from './choose-thresholds';
import type { ClassifierImages, ImageParts } from './classifier-images';
import { CRITERION } from './criterion';
import { type ExitsReport, reportExits } from './exits-report';

/** A file with exits and what it did on images that nothing was chosen by. */
export interface AttachedFile {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly report: ExitsReport;
  /**
   * Writes the same as one file a stage, for runtimes without `If`: `writeExport` of `@earlyexit/onnx/node` puts them into a
   * folder.
   */
  readonly stages: () => Promise<StagedExport>;
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
  /** `constants` builds the thresholds in, for runtimes that know nothing of exits; `input` unless given. */
  readonly thresholdsAs?: 'input' | 'constants' | undefined;
}

/** A network with its exits, before their thresholds are known. */
interface Unfinished {
  readonly plan: Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'>;
  readonly costs: ExitCosts;
  /** What every exit says of the images of the three parts, one part behind the other. */
  readonly cached: CachedLogits;
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
  { plan, costs, cached, parts, taught, where, gains = where, caller }: Unfinished,
  { aim, thresholdsAs = 'input', maxMacs, onNote }: Omit<FinishOptions, 'images' | 'labels'>,
): Promise<AttachedFile> {
  const end = parts.fit.length + parts.promise.length;
  const [fit, promise, held] = [
    selectSamples(cached, range(0, parts.fit.length)),
    selectSamples(cached, range(parts.fit.length, end)),
    selectSamples(cached, range(end, cached.samples)),
  ];
  const chosen = chooseThresholds(fit, promise, costs, aim);
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
  const sizes = {
    heads: taught,
    choosing: fit.samples,
    promise: promise.samples,
    report: held.samples,
  };
  const report = reportExits(held, policy, costs, plan.metadata, { parts: sizes, aim });
  checkAnswers(cached, report.confidentAnswers, { where, caller }, { onNote });
  requireGain(promise, policy, costs, gains);
  const metadata = { ...plan.metadata, policy: policyToJson(policy) };
  const file = await writeForeignConditional({
    ...plan,
    criterion: CRITERION,
    thresholds: policy.thresholds,
    temperatures: policy.temperatures,
    thresholdsAs,
    metadata,
  });
  return { file, report, stages: () => writeForeignStages({ ...plan, metadata }, where) };
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}
