import { type MultiExitModel, type SampleSource, withPolicy } from '@earlyexit/branch-head';
import type { SearchAim } from '@earlyexit/calibration';
import { type ExitPolicy, storedPolicy } from '@earlyexit/exit-criteria';
import { type QuantizedModel, quantizeModel, type QuantizeOptions } from '@earlyexit/onnx';
import { promiseRangeRows, refitPolicy, type RefittedPolicy } from '../calibrate/refit-policy';

/** The calibration split, as `openCalibrationImages` of `@earlyexit/runs` gives it. */
export interface CalibrationImages {
  /** As the network takes them. */
  readonly images: SampleSource;
  /** Of the split; unknown unless given. */
  readonly fingerprint?: string | undefined;
  /** One a sample, for messages; its number unless given. */
  readonly sampleIds?: readonly (string | number)[] | undefined;
  /** Draws the part that a promise is made on; 0 unless given. */
  readonly seed?: number | undefined;
}

/** How a calibrated network becomes int8. */
export interface QuantizeCalibratedOptions extends Pick<
  QuantizeOptions,
  'open' | 'minAgreement' | 'signal' | 'onProgress' | 'onNote'
> {
  /** The policy to set anew; the one that is stored in the network unless given, and null leaves it alone. */
  readonly policy?: ExitPolicy | null | undefined;
  /** What the new thresholds are to reach; it follows from the old ones unless given. */
  readonly aim?: SearchAim | undefined;
}

/** A network ready to be written as int8: an export takes `model`, and this as its options. */
export interface QuantizedNetwork extends Pick<
  QuantizedModel,
  'model' | 'quantization' | 'agreement' | 'rangeRows'
> {
  /** Null where no policy was set anew. */
  readonly refit: RefittedPolicy | null;
}

/**
 * Makes a network int8 on its calibration images, and sets temperatures and thresholds anew on the logits that int8 gives
 * for all of them. A promise is made again, on images that no range was measured on.
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
