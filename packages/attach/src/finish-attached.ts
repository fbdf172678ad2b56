import { selectSamples } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import { type CachedLogits, type ExitCosts, policyToJson } from '@earlyexit/exit-criteria';
import { type ForeignPlan, writeForeignConditional, writeForeignExits } from '@earlyexit/onnx/foreign';
import { cacheLogits } from './cached-runs';
import { checkAnswers, requireGain } from './check-attached';
import { chooseThresholds, CRITERION, type ThresholdAim } from './choose-thresholds';
import type { ClassifierImages, ImageParts } from './classifier-images';
import { type ExitsReport, reportExits } from './exits-report';

/** A file with exits and what it did on images that nothing was chosen by. */
export interface AttachedFile {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly report: ExitsReport;
}

/** What the thresholds are chosen by, and how they are written. */
export interface FinishOptions extends WorkOptions {
  /** Like those to come, and not those that the networks were trained on; of the last network's size. */
  readonly images: ClassifierImages;
  /** One an image; null or left out where they are not known. */
  readonly labels?: Int32Array | null | undefined;
  readonly aim: ThresholdAim;
  /** `constants` builds the thresholds in, for runtimes that know nothing of exits; `input` unless given. */
  readonly thresholdsAs?: 'input' | 'constants' | undefined;
}

/** A network with its exits, before their thresholds are known. */
interface Unfinished {
  readonly plan: Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'>;
  readonly costs: ExitCosts;
  readonly parts: ImageParts;
  /** Of the exits, the final one included. */
  readonly names: readonly string[];
  /** The network whose answers the file keeps, for errors. */
  readonly where: string;
  /** What has to cost less than that network, for errors; `where` unless given. */
  readonly gains?: string;
  /** What is said while the images run. */
  readonly what: string;
  /** Looks at the logits of all images before anything is chosen by them. */
  readonly check?: (all: CachedLogits) => void;
}

/**
 * Runs every exit on the images, chooses the thresholds on two of their parts, reports on the third, and writes the file.
 *
 * @throws DataError if the images do not suffice for the promise, or the exits gain nothing
 */
export async function finishAttached(
  { plan, costs, parts, names, where, gains = where, what, check }: Unfinished,
  { images, labels = null, aim, thresholdsAs = 'input', signal, onProgress, onNote }: FinishOptions,
): Promise<AttachedFile> {
  const { network, input, exits } = plan;
  const rows = Int32Array.from([...parts.fit, ...parts.promise, ...parts.report]);
  const all = await cacheLogits(
    await writeForeignExits(plan),
    { images, labels, rows, input, exits: exits.length + 1, classes: network.classes },
    { signal, onProgress, onNote, what },
  );
  check?.(all);
  const end = parts.fit.length + parts.promise.length;
  const [fit, promise, held] = [
    selectSamples(all, range(0, parts.fit.length)),
    selectSamples(all, range(parts.fit.length, end)),
    selectSamples(all, range(end, rows.length)),
  ];
  const policy = chooseThresholds(fit, promise, costs, aim);
  const report = reportExits(held, policy, costs, names, promise.samples);
  checkAnswers(all, report.confidentAnswers, where, { onNote });
  requireGain(promise, policy, costs, gains);
  const file = await writeForeignConditional({
    ...plan,
    criterion: CRITERION,
    thresholds: policy.thresholds,
    temperatures: policy.temperatures,
    thresholdsAs,
    metadata: { ...plan.metadata, policy: policyToJson(policy) },
  });
  return { file, report };
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}
