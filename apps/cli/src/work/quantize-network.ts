import { channelsFirst } from '@earlyexit/core';
import { type MultiExitModel, type SampleSource, withMetadata } from '@earlyexit/branch-head';
import { type QuantizationReport, refitPolicy } from '@earlyexit/evaluation';
import { type CachedLogits, type ExitPolicy, thresholdToJson } from '@earlyexit/exit-criteria';
import { exportExits, measureRanges, type OpenFile, type Quantization } from '@earlyexit/onnx';
import type { Invocation } from '../command-definition';
import { count, duration, percent } from '../terminal/format';
import { graphOpener } from './open-graph';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from './open-data';
import { describeCalibrationAim } from '../commands/calibrate/describe';
import { chooseAim } from '../options/policy-options';
import type { RunConfig } from '@earlyexit/runs';
import { showWork } from '../terminal/show-work';
import { seededNoise } from './seeded-noise';

/** Enough for the range of an activation, to which every position of every image adds. */
const RANGE_IMAGES = 256;
/** Numbers that a run may hold at once; a network has some hundred times as many activations as input values. */
const NUMBERS_A_RUN = 2 ** 26;
const ACTIVATIONS_AN_INPUT = 200;
const LARGEST_BATCH = 64;

/** The options that int8 looks at. */
export interface QuantizeOptions {
  /** What the new thresholds are to reach; what is left out follows from the old ones. */
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
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
  /** Null where no policy was set anew. */
  readonly report: QuantizationReport | null;
}

/** A network that was opened, and whether its weights were trained. */
export interface QuantizeSubject {
  readonly model: MultiExitModel;
  readonly config: RunConfig | null;
  readonly isTrained: boolean;
  /** What is to be set anew on the int8 logits; null leaves the network's policy alone. */
  readonly policy: ExitPolicy | null;
}

/**
 * Measures the ranges of a network's activations on images of the calibration split, or on noise where a network with
 * random weights is told of no data. Then temperatures and thresholds are set anew on the logits that int8 gives for
 * the whole split.
 *
 * @throws ArgumentError for a trained network whose data are not known
 */
export async function quantizeNetwork(
  { model, config, isTrained, policy }: QuantizeSubject,
  options: QuantizeOptions,
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
): Promise<QuantizedNetwork> {
  const { metadata } = model;
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const size = shape.reduce((product, axis) => product * axis, 1);
  const [height = 1, width = 1, channels = 1] = shape;
  const open = await graphOpener(shape.length === 3 ? [channels, height, width] : shape, options.threads);
  if (!isTrained && options.dataset === undefined) {
    output.note('int8: ranges from seeded noise, good for timing only; --dataset names real images');
    const noise = seededNoise(RANGE_IMAGES * size, options.seed ?? 0);
    const load = (from: number, to: number) => Promise.resolve(noise.subarray(from * size, to * size));
    const quantization = await measure(model, open, { load, used: RANGE_IMAGES, size });
    return { model, quantization, source: 'seeded noise', report: null };
  }

  const settings = await resolveDataSettings(options, config?.data ?? null);
  const imageShape = metadata.preprocessing?.inputShape;
  const opened = await openData({ ...settings, download: options.download, imageShape }, output, signal);
  // Random weights know no classes; trained ones do.
  if (isTrained) await checkClasses(metadata, opened.source);
  const { calibration } = opened.splits;
  const images = await asNetworkInput(calibration, opened.source, metadata);
  const used = Math.min(RANGE_IMAGES, images.size);
  // Spread over the split, which may be sorted.
  const rowOf = (index: number): number => Math.floor((index * images.size) / used);
  const load = async (from: number, to: number): Promise<Float32Array> => {
    signal.throwIfAborted();
    const rows = Int32Array.from({ length: to - from }, (_, index) => rowOf(from + index));
    return channelsFirst(await images.load(rows), shape);
  };
  const line = output.progress('int8: measuring the ranges of activations');
  const quantization = await measure(model, open, { load, used, size });
  const source = `${count(used)} calibration images of ${settings.dataset}`;
  line.done(`int8: ranges of ${count(quantization.size)} tensors from ${source}`);
  if (policy === null) return { model, quantization, source, report: null };

  const run = async (file: Uint8Array, dtype: string): Promise<CachedLogits> => {
    const label = `${count(images.size)} calibration images in ${dtype}`;
    const progress = output.progress(`running ${label}`);
    const started = performance.now();
    const update = (done: number): void => {
      signal.throwIfAborted();
      progress.update(done, images.size);
    };
    const cached = await collectLogits(await open(file), images, { metadata, shape, update });
    progress.done(`ran ${label} in ${duration((performance.now() - started) / 1000)}`);
    return cached;
  };
  const isNamed = (options.maxAccuracyDrop ?? options.targetMacs) !== undefined;
  const found = refitPolicy(
    {
      model,
      before: policy,
      float32: await run(await exportExits(model), 'float32'),
      int8: await run(await exportExits(model, { quantization }), 'int8'),
      sampleIds: calibration.ids,
      seed: settings.seed,
      aim: isNamed ? chooseAim(options) : undefined,
    },
    showWork(output, signal),
  );
  const { report } = found;
  const { criterion, thresholds, temperatures, promise } = found.policy;
  const stored = { criterion, thresholds: thresholds.map(thresholdToJson), temperatures };
  output.note(
    `int8: temperatures and thresholds set anew on its logits, ${describeCalibrationAim(found.aim)}: ${percent(report.top1.int8)} right at ${percent(report.macsShare.int8, 1)} of the MACs on the calibration split (float32: ${percent(report.top1.float32)} at ${percent(report.macsShare.float32, 1)})`,
  );
  return {
    model: withMetadata(model, { policy: promise === null ? stored : { ...stored, promise } }),
    quantization,
    source,
    report,
  };
}

/** Ranges from `used` images. */
async function measure(
  model: MultiExitModel,
  open: OpenFile,
  from: {
    readonly load: (from: number, to: number) => Promise<Float32Array>;
    readonly used: number;
    readonly size: number;
  },
): Promise<Quantization> {
  const { load, used, size } = from;
  const batch = batchFor(size);
  return measureRanges(model, {
    open,
    async *images() {
      for (let first = 0; first < used; first += batch) {
        const last = Math.min(first + batch, used);
        yield { data: await load(first, last), count: last - first };
      }
    },
  });
}

/** The logits of every exit for all images. */
async function collectLogits(
  graph: Awaited<ReturnType<OpenFile>>,
  images: SampleSource,
  about: {
    readonly metadata: MultiExitModel['metadata'];
    readonly shape: readonly number[];
    readonly update: (done: number) => void;
  },
): Promise<CachedLogits> {
  const { metadata, shape, update } = about;
  const classes = metadata.classes.length;
  const exits = metadata.exits.map(() => new Float32Array(images.size * classes));
  try {
    for (let from = 0; from < images.size; from += LARGEST_BATCH) {
      update(from);
      const length = Math.min(LARGEST_BATCH, images.size - from);
      const rows = Int32Array.from({ length }, (_, index) => from + index);
      const outputs = await graph.run(channelsFirst(await images.load(rows), shape), length);
      exits.forEach((all, exit) => {
        all.set(outputs[`logits_${String(exit)}`]!, from * classes);
      });
    }
  } finally {
    await graph.release();
  }
  return { exits, samples: images.size, classes, labels: images.labels };
}

/** How many images of that many numbers a run may take when it gives out every tensor in the middle. */
function batchFor(size: number): number {
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(NUMBERS_A_RUN / (size * ACTIVATIONS_AN_INPUT))));
}
