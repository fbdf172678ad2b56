import type { SampleSource } from '@earlyexit/branch-head';
import { resolveDataSettings } from './data-settings';
import { fingerprintSplit } from './fingerprint';
import { asNetworkInput } from './network-input';
import { openData, type OpenedData } from './open-data';
import { type ReopenOptions, type ReopenSubject, reopenSplits } from './reopen-splits';

/** The images of a calibration split, and what is known of them. */
export interface OpenedCalibrationImages {
  /** As the network takes them. */
  readonly images: SampleSource;
  readonly sampleIds: OpenedData['splits']['calibration']['ids'];
  readonly seed: number;
  readonly dataset: string;
  /** Of the split, in words that a model records. */
  readonly fingerprint: string;
}

/**
 * Opens the calibration split of a network: to measure the ranges of int8, or to time it.
 *
 * @param subject a trained network has the classes of the data; one whose weights are random, any
 * @throws what `reopenSplits` throws
 */
export async function openCalibrationImages(
  { isTrained = true, ...subject }: ReopenSubject & { readonly isTrained?: boolean | undefined },
  options: ReopenOptions = {},
): Promise<OpenedCalibrationImages> {
  const { metadata } = subject.model;
  const { dataset, dataDir, seed, skipBroken, ...rest } = options;
  const { settings, source, splits } = isTrained
    ? await reopenSplits(subject, options)
    : await openData({
        ...rest,
        settings: resolveDataSettings({ dataset, dataDir, seed, skipBroken }, null),
        imageShape: metadata.preprocessing?.inputShape,
      });
  return {
    images: asNetworkInput(splits.calibration, source, metadata),
    sampleIds: splits.calibration.ids,
    seed: settings.seed,
    dataset: settings.dataset,
    fingerprint: await fingerprintSplit(splits.calibration, settings.dataset),
  };
}
