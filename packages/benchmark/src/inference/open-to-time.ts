import type { SampleSource } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { policyToRefit } from '@earlyexit/evaluation';
import { criterionWithoutLabels } from '@earlyexit/exit-criteria';
import { graphOpener } from '@earlyexit/inference/onnx';
import {
  type ModelLocation,
  openCalibrationImages,
  openNetwork,
  type QuantizedRun,
  quantizeRun,
  type RegisteredLocation,
  type ReopenOptions,
  type RunConfig,
  type SavedLocation,
} from '@earlyexit/runs';
import { fileToTime, type FileToTimeOptions } from './file-to-time';
import { modelToTime, type ModelToTimeOptions } from './model-to-time';
import type { NetworkToTime } from './network-to-time';

/** What is timed of a network, and on which images. */
export interface OpenToTimeOptions
  extends ReopenOptions, FileToTimeOptions, Pick<ModelToTimeOptions, 'runtime'> {
  /** Exits for a plain network, as `createModel` takes them. */
  readonly exits?: readonly string[] | undefined;
  /** `float32` unless given; a file has its own. */
  readonly dtype?: 'float32' | 'int8' | undefined;
}

/** A network that can be timed. */
export interface OpenedToTime {
  readonly network: NetworkToTime;
  /** Null where no data are named or remembered: then noise is timed. */
  readonly images: { readonly samples: SampleSource; readonly title: string } | null;
  /** What int8 made of it, where that was asked for. */
  readonly int8: QuantizedRun | null;
}

/** What is known of where a network comes from. */
interface Origin {
  readonly config: RunConfig | null;
  readonly runDirectory: string | null;
}

/** Whatever int8 leaves of the answers can be timed: a warning is enough. */
const LEAST_AGREEMENT = 0.01;

/**
 * Opens what a word names (`locateModel`) to be timed: a network in its layers, for which an engine of TensorFlow.js has to
 * be running, or an exported file.
 *
 * @throws ArgumentError for stages, and options that do not fit what is timed; what `modelToTime`, `fileToTime`,
 *   `quantizeRun` and `openCalibrationImages` throw
 */
export async function openToTime(
  location: ModelLocation,
  options: OpenToTimeOptions = {},
): Promise<OpenedToTime> {
  const { criterion, dataset, dataDir, download, seed, skipBroken, signal, onProgress, onNote } = options;
  const data = { dataset, dataDir, download, seed, skipBroken, signal, onProgress, onNote };
  if (criterion !== undefined) criterionWithoutLabels(criterion, 'openToTime');
  if (location.kind === 'staged') {
    throw new ArgumentError({
      ...{ function: 'openToTime', argument: 'model' },
      rule: 'one file with the exits inside is timed; stages are for several machines, and the way between them counts too',
      received: location.path,
      remedy: 'Export the network to one .onnx file, or give the run folder that it was exported from',
    });
  }
  const { network, int8, ...origin } =
    location.kind === 'onnx'
      ? await openFile(location.file, options)
      : await openModel(location, options, data);
  if (dataset === undefined && origin.config === null) return { network, int8, images: null };
  const subject = { ...origin, model: network, isTrained: origin.config !== null };
  const { images: samples, dataset: name } = await openCalibrationImages(subject, data);
  return { network, int8, images: { samples, title: `images of ${name}` } };
}

type Opened = Origin & Omit<OpenedToTime, 'images'>;

async function openFile(file: string, options: OpenToTimeOptions): Promise<Opened> {
  refuse('dtype', options.dtype, 'a file has its own type; a network is exported for the occasion', file);
  refuse('exits', options.exits, 'exits are attached to a network by name; a file has its own', file);
  return { network: await fileToTime(file, options), int8: null, config: null, runDirectory: null };
}

async function openModel(
  location: SavedLocation | RegisteredLocation,
  { exits, seed, shares, dtype, runtime, static: plain, criterion, onNote }: OpenToTimeOptions,
  data: ReopenOptions,
): Promise<Opened> {
  const rule = 'it names what an .onnx file is compared with; a network is exported without exits here';
  refuse('static', plain, rule, plain);
  const { model, config } = await openNetwork(location, { exits, seed, onNote });
  const isTrained = location.kind === 'saved';
  const runDirectory = isTrained ? location.runDirectory : null;
  // Shares are set on the images that are timed.
  const policy = shares === undefined ? policyToRefit(model.metadata, { criterion }) : null;
  const how = { ...data, open: graphOpener(), policy, minAgreement: LEAST_AGREEMENT };
  const int8 = dtype === 'int8' ? await quantizeRun({ model, config, runDirectory, isTrained }, how) : null;
  const written = { criterion, shares, runtime, quantization: int8?.quantization };
  return { network: modelToTime(int8?.model ?? model, written), int8, config, runDirectory };
}

/** @throws ArgumentError for an option that does not fit what is timed */
function refuse(argument: string, value: unknown, rule: string, received: string | undefined): void {
  if (value === undefined) return;
  throw new ArgumentError({
    ...{ function: 'openToTime', argument, rule, received: received ?? '' },
    remedy: (called) => `Leave ${called(argument)} out`,
  });
}
