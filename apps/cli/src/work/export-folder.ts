import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { defaultFit } from '@earlyexit/datasets';
import { ArgumentError, DataError } from '@earlyexit/core';
import { type CriterionName, type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';
import { type ConditionalExportOptions, exportConditional } from '@earlyexit/onnx';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { bytes } from '../terminal/format';
import { version } from '../version';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import { modelCard } from './model-card';
import { writeWholeFile } from '@earlyexit/core/node';

/** A model folder to write. */
export interface FolderExport {
  readonly model: MultiExitModel;
  readonly criterion: CriterionName;
  readonly thresholds: readonly Threshold[];
  /** Version of the operators, quantisation. */
  readonly options: ConditionalExportOptions;
  /** Where an `evaluation.json` may lie; null for a network that belongs to no run. */
  readonly runDirectory: string | null;
  /** The data set it was trained on, if that is known. */
  readonly dataset: string | null;
}

/**
 * Writes a model folder in the hub's layout, which stock transformers.js loads for image classification: `config.json`,
 * `preprocessor_config.json`, a card, and the conditional graph with everything built in.
 *
 * @returns the files in the order in which they were written, by their paths in the folder, with their sizes
 * @throws DataError if the folder holds something else, or the network does not say how images become its inputs
 */
async function writeModelFolder(
  target: string,
  { model, criterion, thresholds, options, runDirectory, dataset }: FolderExport,
): Promise<readonly { readonly file: string; readonly bytes: number }[]> {
  const { metadata } = model;
  if (metadata.preprocessing === null) {
    throw new DataError({
      where: 'MODEL',
      rule: 'a model folder says how images become inputs, which this network does not know',
      received: metadata.name,
      remedy: 'Train it on a data set, or save it with preprocessing in its metadata',
    });
  }
  await refuseForeignFolder(target);
  const isInt8 = options.quantization !== undefined;
  // The names that transformers.js looks for.
  const file = isInt8 ? 'onnx/model_quantized.onnx' : 'onnx/model.onnx';
  const graph = await exportConditional(model, {
    ...options,
    criterion,
    thresholds,
    thresholdsAs: 'constants',
    foldTemperatures: true,
    colorInput: metadata.preprocessing.inputShape[2] === 1,
  });
  const evaluation = await findEvaluation(runDirectory, criterion, thresholds);
  const card = {
    folder: basename(resolve(target)),
    file,
    metadata,
    criterion,
    thresholds,
    evaluation,
    dataset,
  };
  const contents: [string, string | Uint8Array][] = [
    [file, graph],
    ['preprocessor_config.json', json(preprocessorConfig(model))],
    ['README.md', modelCard(card)],
    // Last: without it the folder is no model.
    ['config.json', json(modelConfig(model, { criterion, thresholds, isInt8 }))],
  ];
  for (const [name, content] of contents) await writeWholeFile(join(target, name), content);
  return contents.map(([name, content]) => ({ file: name, bytes: Buffer.byteLength(content) }));
}

/** Writes a model folder for `earlyexit export --folder`, and says so. */
export async function exportFolder(
  { output }: Invocation,
  target: string,
  folder: FolderExport,
): Promise<undefined> {
  const files = await writeModelFolder(target, folder);
  const { metadata } = folder.model;
  output.json({
    model: metadata.name,
    kind: 'folder',
    dtype: folder.options.quantization === undefined ? 'float32' : 'int8',
    directory: target,
    files,
    criterion: folder.criterion,
    thresholds: folder.thresholds.map(thresholdToJson),
    thresholdsAs: 'constants',
  });
  output.text(
    `${metadata.name}: ${target}, a model folder for transformers.js, the exits inside`,
    ...files.map(({ file, bytes: size }) => `${file}  ${bytes(size)}`),
    `thresholds ${folder.thresholds.length === 0 ? 'none' : folder.thresholds.join(', ')} (${folder.criterion}) are built in`,
  );
}

/** The key under which `config.json` holds what transformers.js does not look at. */
const OWN_KEY = 'earlyexit';

function modelConfig(
  { metadata }: MultiExitModel,
  built: {
    readonly criterion: CriterionName;
    readonly thresholds: readonly Threshold[];
    readonly isInt8: boolean;
  },
): object {
  const { classes, exits, staticMacs, policy } = metadata;
  return {
    // One of the types that transformers.js knows, and of those the one that asks for nothing but pixels.
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    num_channels: 3,
    id2label: Object.fromEntries(classes.map((label, index) => [index, label])),
    label2id: Object.fromEntries(classes.map((label, index) => [label, index])),
    // Browsers would ask for a quantised file otherwise.
    'transformers.js_config': { dtype: built.isInt8 ? 'q8' : 'fp32' },
    [OWN_KEY]: {
      format: 'earlyexit-folder',
      formatVersion: 1,
      version,
      network: metadata.name,
      criterion: built.criterion,
      thresholds: built.thresholds.map(thresholdToJson),
      temperatures: policy?.temperatures ?? exits.map(() => 1),
      exits: exits.map(({ name, macs }) => ({ name, macs })),
      staticMacs,
    },
  };
}

function preprocessorConfig({ metadata }: MultiExitModel): object {
  const { inputShape, mean, standardDeviation } = metadata.preprocessing!;
  const [height, width, channels] = inputShape;
  const inColors = (values: readonly number[]): number[] =>
    channels === 1 ? [values[0]!, values[0]!, values[0]!] : [...values];
  const margin = defaultFit(inputShape) === 'imagenet' ? 256 / 224 : 1;
  return {
    image_processor_type: 'ViTFeatureExtractor',
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: Math.round(Math.max(height, width) * margin) },
    // Lanczos. We resize with a triangle, but antialiased, and transformers.js does that in Node for this filter alone:
    // on a photograph shrunk to 32 pixels it is off by 1.6 of 255 in the mean, its bilinear one by 7.2.
    resample: 1,
    do_center_crop: true,
    crop_size: { height, width },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: inColors(mean),
    image_std: inColors(standardDeviation),
  };
}

/** Lets an empty folder and a former export be overwritten, and nothing else. */
async function refuseForeignFolder(target: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new DataError({
      where: target,
      rule: 'a model folder can be written here',
      received: 'a file',
      cause: error,
    });
  }
  if (names.length === 0) return;
  const config = await readFile(join(target, 'config.json'), 'utf8').catch(() => '');
  // An export that was broken off has not come to its config yet.
  const isPart = names.every((name) => ['onnx', 'preprocessor_config.json', 'README.md'].includes(name));
  if (isPart || config.includes('"earlyexit-folder"')) return;
  throw new DataError({
    where: target,
    rule: 'the folder is new, empty, or a former export',
    received: `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
    remedy: 'Name another folder',
  });
}

/** What `evaluate --json` printed for this policy, where somebody kept it in the run folder. */
async function findEvaluation(
  runDirectory: string | null,
  criterion: CriterionName,
  thresholds: readonly Threshold[],
): Promise<EvaluationDocument | null> {
  if (runDirectory === null) return null;
  const path = join(runDirectory, 'evaluation.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null;
  }
  const evaluation = parseEvaluation(text, path);
  const isSame =
    evaluation.criterion === criterion &&
    JSON.stringify(evaluation.thresholds) === JSON.stringify(thresholds.map(thresholdToJson));
  return isSame ? evaluation : null;
}

const fraction = z.number().min(0).max(1);

/** Of an evaluation, what a card tells. */
const evaluationSchema = z.looseObject({
  criterion: z.string(),
  thresholds: z.array(z.union([z.number(), z.null(), z.literal('always')])),
  dataset: z.string(),
  split: z.string(),
  samples: z.int().min(0),
  top1: fraction.nullable(),
  static: z.object({ top1: fraction.nullable() }),
  macsRatio: z.number().nullable(),
  exits: z.array(z.object({ share: fraction, top1: fraction.nullable() })),
});

function parseEvaluation(text: string, path: string): EvaluationDocument {
  const rule = 'it is what earlyexit evaluate --json printed';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({ where: path, rule, cause });
  }
  const checked = evaluationSchema.safeParse(value);
  if (checked.success) return value as EvaluationDocument;
  const [issue] = checked.error.issues;
  throw new DataError({
    where: path,
    rule,
    received: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    remedy: 'Evaluate again, or remove the file',
  });
}

/** @throws ArgumentError for options that contradict `--folder` */
export function checkFolderOptions(options: {
  readonly static?: boolean | undefined;
  readonly staged?: string | undefined;
  readonly thresholdsAs?: string | undefined;
}): void {
  const also = [
    ...(options.static === true ? ['--static'] : []),
    ...(options.staged === undefined ? [] : ['--staged']),
    ...(options.thresholdsAs === 'input' ? ['--thresholds-as input'] : []),
  ];
  if (also.length === 0) return;
  throw new ArgumentError({
    where: '--folder',
    rule: 'a model folder holds one graph with the exits inside and the thresholds built in',
    received: also.join(' '),
    remedy: 'Leave the others out',
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
