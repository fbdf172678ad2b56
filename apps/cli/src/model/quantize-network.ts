import { type MultiExitModel, withPolicy } from '@earlyexit/branch-head';
import { promiseRangeRows, type QuantizationReport, refitPolicy } from '@earlyexit/evaluation';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { type ExitAgreement, type Quantization, quantizeModel, sampleRanges } from '@earlyexit/onnx';
import {
  asNetworkInput,
  fingerprintSplit,
  openData,
  reopenSplits,
  resolveDataSettings,
  type RunConfig,
} from '@earlyexit/runs';
import { describeRefit, ranInt8, rangeSource } from '../describe/quantization';
import { chooseAim } from './choose-aim';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';
import { graphOpener } from './graph-opener';
import { seededNoise } from '../benchmark/seeded-noise';

const NOISE_IMAGES = 256;

/** The options that int8 looks at. */
export interface QuantizeOptions {
  /** What the new thresholds are to reach; what is left out follows from the old ones. */
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
  readonly minAgreement?: number | undefined;
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly skipBroken?: boolean | undefined;
  readonly download?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

/** A network ready to be written as int8. */
export interface QuantizedNetwork {
  /** The network with the policy that fits its int8 logits. */
  readonly model: MultiExitModel;
  readonly quantization: Quantization;
  /** What the ranges were measured on, in words. */
  readonly source: string;
  /** How often each exit answers as in float32; null where nothing was run. */
  readonly agreement: readonly ExitAgreement[] | null;
  /** Null where no policy was set anew. */
  readonly report: QuantizationReport | null;
}

/** A network that was opened, and whether its weights were trained. */
export interface QuantizeSubject {
  readonly model: MultiExitModel;
  readonly config: RunConfig | null;
  /** Which remembers the samples of each split; null, or left out, where there is none. */
  readonly runDirectory?: string | null;
  readonly isTrained: boolean;
  /** What is to be set anew on the int8 logits; null leaves the network's policy alone. */
  readonly policy: ExitPolicy | null;
}

/**
 * Makes a network int8 on the images of its calibration split, or on noise where a network with random weights is told of
 * no data. Then temperatures and thresholds are set anew on the logits that int8 gives for the whole split.
 *
 * @throws ArgumentError for a trained network whose data are not known; DataError if int8 changes too many answers
 */
export async function quantizeNetwork(
  { model, config, runDirectory = null, isTrained, policy }: QuantizeSubject,
  options: QuantizeOptions,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<QuantizedNetwork> {
  const { maxAccuracyDrop, targetMacs, minAgreement, threads, ...choice } = options;
  const open = await graphOpener(threads);
  const { dataset, dataDir, skipBroken, download, seed } = choice;
  if (!isTrained && dataset === undefined) {
    output.note('int8: ranges from seeded noise, good for timing only; --dataset names real images');
    const noise = noiseImages(model, seed ?? 0);
    const quantization = await showing(output, signal, (work) =>
      sampleRanges(model, noise, { open, ...work }),
    );
    return { model, quantization, source: 'seeded noise', agreement: null, report: null };
  }
  const data = await showing(output, signal, (work) => {
    if (isTrained) return reopenSplits({ model, config, runDirectory }, { ...choice, ...work });
    // Random weights know no classes.
    const settings = resolveDataSettings({ dataset, dataDir, seed, skipBroken }, null);
    return openData({ settings, download, imageShape: model.metadata.preprocessing?.inputShape, ...work });
  });
  const { settings, source, splits } = data;
  const images = asNetworkInput(splits.calibration, source, model.metadata);
  const aim = (maxAccuracyDrop ?? targetMacs) === undefined ? undefined : chooseAim(options);
  const isPromised = policy !== null && aim === undefined;
  const promised = isPromised ? promiseRangeRows(model.metadata, images.size, settings) : null;
  const quantized = await showing(
    output,
    signal,
    async (work) =>
      quantizeModel(model, images, {
        ...{ open, minAgreement, ...work },
        rangeRows: promised ?? undefined,
        fingerprint: await fingerprintSplit(splits.calibration, settings.dataset),
      }),
    ranInt8,
  );
  const { quantization, agreement, rangeRows } = quantized;
  const about = { quantization, agreement, source: rangeSource(rangeRows.length, settings.dataset) };
  if (policy === null) return { ...about, model: quantized.model, report: null };
  const found = await showing(output, signal, (work) =>
    refitPolicy(
      {
        ...{ ...quantized, model, before: policy, aim },
        ...{ sampleIds: splits.calibration.ids, seed: settings.seed },
      },
      work,
    ),
  );
  output.note(describeRefit(found));
  return { ...about, model: withPolicy(quantized.model, found.policy), report: found.report };
}

/** Seeded noise of the size of a network's images. */
function noiseImages({ model }: MultiExitModel, seed: number) {
  const size = (model.inputs[0]!.shape.slice(1) as number[]).reduce((product, axis) => product * axis, 1);
  const noise = seededNoise(NOISE_IMAGES * size, seed);
  return {
    size: NOISE_IMAGES,
    load: (rows: Int32Array) => Promise.resolve(noise.slice(rows[0]! * size, (rows.at(-1)! + 1) * size)),
  };
}
