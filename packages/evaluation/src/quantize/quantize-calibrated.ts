import { type MultiExitModel, type SampleSource, withPolicy } from '@earlyexit/branch-head';
import type { SearchAim } from '@earlyexit/calibration';
import { type ExitPolicy, storedPolicy } from '@earlyexit/exit-criteria';
import { type QuantizedModel, quantizeModel, type QuantizeOptions } from '@earlyexit/onnx';
import { promiseRangeRows, refitPolicy, type RefittedPolicy } from '../calibrate/refit-policy';

/** The calibration split; `openCalibrationImages` of `@earlyexit/runs` returns it. */
export interface CalibrationImages {
  /** Preprocessed for the network. */
  readonly images: SampleSource;
  /** The fingerprint of the split; unknown unless given. */
  readonly fingerprint?: string | undefined;
  /** One per sample, for messages; its number unless given. */
  readonly sampleIds?: readonly (string | number)[] | undefined;
  /** The seed of the part that a promise is made on; 0 unless given. */
  readonly seed?: number | undefined;
}

/** Options of `quantizeCalibrated`. */
export interface QuantizeCalibratedOptions extends Pick<
  QuantizeOptions,
  'open' | 'minAgreement' | 'signal' | 'onProgress' | 'onNote'
> {
  /** The policy to set again; the one stored in the network unless given, and null to leave it alone. */
  readonly policy?: ExitPolicy | null | undefined;
  /** What the new thresholds should reach; derived from the old ones unless given. */
  readonly aim?: SearchAim | undefined;
}

/** A network ready to be written as int8: an export takes `model`, and this as its options. */
export interface QuantizedNetwork extends Pick<
  QuantizedModel,
  'model' | 'quantization' | 'agreement' | 'rangeRows'
> {
  /** Null if no policy was set again. */
  readonly refit: RefittedPolicy | null;
}

/**
 * Quantises a network to int8 on its calibration images, and sets temperatures and thresholds again on its int8 logits
 * for all of them. A promise is made again on images that no range was measured on.
 *
 * @throws DataError if int8 changes too many answers; what `quantizeModel` and `refitPolicy` throw
 */
export async function quantizeCalibrated(
  model: MultiExitModel,
  { images, fingerprint, sampleIds, seed }: CalibrationImages,
  { policy = storedPolicy(model.metadata), aim, ...options }: QuantizeCalibratedOptions,
): Promise<QuantizedNetwork> {
  const isPromised = policy !== null && aim === undefined;
  const promised = isPromised ? promiseRangeRows(model.metadata, images.size, { seed }) : null;
  const quantized = await quantizeModel(model, images, {
    ...options,
    rangeRows: promised ?? undefined,
    fingerprint,
  });
  const { quantization, agreement, rangeRows } = quantized;
  const refit =
    policy === null
      ? null
      : refitPolicy({ ...quantized, model, before: policy, aim, sampleIds, seed }, options);
  return {
    model: refit === null ? quantized.model : withPolicy(quantized.model, refit.policy),
    ...{ quantization, agreement, rangeRows, refit },
  };
}
