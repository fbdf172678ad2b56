import type { MultiExitModel } from '@earlyexit/branch-head';
import {
  quantizeCalibrated,
  type QuantizeCalibratedOptions,
  type QuantizedNetwork,
} from '@earlyexit/evaluation';
import { noiseRanges } from '@earlyexit/onnx';
import { openCalibrationImages } from '../open-calibration-images';
import type { ReopenOptions, ReopenSubject } from '../reopen-splits';

/** A network that was opened, and what its run remembers. */
export interface QuantizeSubject extends Pick<ReopenSubject, 'config' | 'runDirectory'> {
  readonly model: MultiExitModel;
  /** Whether it has weights of its own, and not random ones; true unless given. */
  readonly isTrained?: boolean | undefined;
}

/** Options of `quantizeRun`: of the data what is left out is as it was in the training. */
export interface QuantizeRunOptions
  extends ReopenOptions, Pick<QuantizeCalibratedOptions, 'open' | 'policy' | 'aim' | 'minAgreement'> {}

/** A network as int8: an export takes `model`, and this as its options. */
export interface QuantizedRun extends Pick<QuantizedNetwork, 'model' | 'quantization' | 'refit'> {
  /** The data whose calibration images the ranges were measured on; null for noise. */
  readonly dataset: string | null;
  /** Of these the samples that ranges were measured on; null for noise. */
  readonly rangeRows: QuantizedNetwork['rangeRows'] | null;
  /** How often each exit gives the class that it gives in float32; null where noise was all there was. */
  readonly agreement: QuantizedNetwork['agreement'] | null;
}

/**
 * Makes a network int8 on the images of its calibration split (`quantizeCalibrated`). Where its weights are random and no
 * data are named, its ranges are measured on noise, and a note says so.
 *
 * @throws what `openCalibrationImages` and `quantizeCalibrated` throw
 */
export async function quantizeRun(
  { isTrained = true, ...subject }: QuantizeSubject,
  { open, policy, aim, minAgreement, ...data }: QuantizeRunOptions,
): Promise<QuantizedRun> {
  const { model } = subject;
  const { signal, onProgress, onNote, seed } = data;
  const work = { signal, onProgress, onNote };
  if (!isTrained && data.dataset === undefined) {
    onNote?.({
      level: 'note',
      text: 'int8: ranges from seeded noise, good for timing only; name a data set to take real images',
    });
    const quantization = await noiseRanges(model, { open, seed, ...work });
    return { model, quantization, refit: null, agreement: null, rangeRows: null, dataset: null };
  }
  const images = await openCalibrationImages({ ...subject, isTrained }, data);
  const quantized = await quantizeCalibrated(model, images, { open, policy, aim, minAgreement, ...work });
  return { ...quantized, dataset: images.dataset };
}
