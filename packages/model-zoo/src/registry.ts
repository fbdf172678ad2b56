import { attachExits, type MultiExitModel, type Preprocessing } from '@earlyexit/branch-head';
import { ArgumentError, didYouMean } from '@earlyexit/core';
import { attachNamedExits } from './attach-named-exits';
import { alexnetCifarModels, alexnetTestModels } from './alexnet-cifar';
import { cdlMnistModels } from './cdl-mnist';
import { lenetModels, lenetTestModels } from './lenet';
import type { InputShape, ModelDefinition, ModelEntry } from './model-definition';
import { resnetCifarModels, resnetTestModels } from './resnet-cifar';
import { resnetImagenetModels } from './resnet-imagenet';
import { branchyNetResnetModels, branchyNetResnetTestModels } from './resnet110-branchynet';

const registry = new Map<string, ModelDefinition>();

const published = [
  ...lenetModels,
  ...alexnetCifarModels,
  ...branchyNetResnetModels,
  ...cdlMnistModels,
  ...resnetCifarModels,
  ...resnetImagenetModels,
];
const forTests = [
  ...lenetTestModels,
  ...alexnetTestModels,
  ...branchyNetResnetTestModels,
  ...resnetTestModels,
];
for (const definition of [...published, ...forTests]) registerModel(definition);

/**
 * What a network has to know about the images that it is made for; a `DataSource` of `@earlyexit/datasets` provides it.
 */
export interface NetworkData {
  /** Class names; the label is the position. */
  readonly classes: readonly string[];
  /** Height, width and channels. */
  readonly imageShape: InputShape;
  /** Of each channel, of pixels scaled to 0…1. */
  readonly mean: readonly number[];
  /** Of each channel, of pixels scaled to 0…1. */
  readonly standardDeviation: readonly number[];
  /** Whether the ink is dark or light; null unless given. */
  readonly polarity?: Exclude<Preprocessing['polarity'], undefined>;
  /** The length in pixels to which the shorter side of an image is resized before cropping. */
  readonly shorterSide?: number | undefined;
}

/** Options of `createModel`. */
export interface CreateModelOptions {
  /** The data that the network is made for: their classes, image shape and preprocessing. */
  readonly data?: NetworkData | undefined;
  /**
   * Class names, or the number of classes (named `"0"`, `"1"`, …); unless given, those of `data`, or else the number as
   * published.
   */
  readonly classes?: readonly string[] | number;
  /** Height, width and channels; unless given, as in `data`, or else as published. */
  readonly inputShape?: InputShape;
  /**
   * How raw pixels become inputs; kept in the model's metadata. Unless given, as in `data`, or else null, to be set
   * later.
   */
  readonly preprocessing?: Preprocessing | null;
  /** Seeds the weights; 0 unless given. */
  readonly seed?: number | undefined;
  /**
   * Exits for a plain network, each `LAYER` or `LAYER:HEAD`: a layer name that `resolveLayerName` accepts, and a
   * registered head, `pooled` unless given. Without `exits`, the network's own.
   */
  readonly exits?: readonly string[] | undefined;
}

/**
 * Builds a network of the registry with fresh, seeded weights: the same name, options and seed give the same
 * weights on every engine.
 *
 * @throws ArgumentError if there is no network of this name (with the nearest ones), or an option is invalid.
 */
export function createModel(name: string, options: CreateModelOptions = {}): MultiExitModel {
  const definition = getDefinition(name, 'createModel');
  const { data } = options;
  const classes = classNames(options.classes ?? data?.classes ?? definition.classes);
  const inputShape = checkInputShape(options.inputShape ?? data?.imageShape ?? definition.inputShape);
  const seed = checkSeed(options.seed ?? 0);
  const preprocessing = options.preprocessing ?? (data === undefined ? null : preprocessingOf(data));
  if (preprocessing !== null && String(preprocessing.inputShape) !== String(inputShape)) {
    throw new ArgumentError({
      function: 'createModel',
      argument: 'preprocessing.inputShape',
      rule: `it is the network's own input shape, [${inputShape.join(', ')}]`,
      received: `[${preprocessing.inputShape.join(', ')}]`,
      remedy: 'Pass the same shape as `inputShape`',
    });
  }
  const backbone = definition.build({ name, classes: classes.length, inputShape, seed });
  const about = { name, classes: [...classes], seed, preprocessing };
  const published = attachExits(backbone, definition.exits, {
    ...about,
    lossWeights: definition.lossWeights === null ? null : [...definition.lossWeights],
  });
  const { exits = [] } = options;
  return exits.length === 0 ? published : attachNamedExits(published, exits, seed, 'createModel');
}

function preprocessingOf({
  imageShape,
  mean,
  standardDeviation,
  polarity = null,
  shorterSide,
}: NetworkData): Preprocessing {
  return {
    inputShape: imageShape,
    mean,
    standardDeviation,
    polarity,
    ...(shorterSide === undefined ? {} : { shorterSide }),
  };
}

/** Every registered network, in the order of registration. */
export function listModels(): ModelEntry[] {
  return [...registry.values()].map(toEntry);
}

/**
 * The entry of one network.
 *
 * @throws ArgumentError if there is none of this name, with the nearest ones.
 */
export function getModelEntry(name: string): ModelEntry {
  return toEntry(getDefinition(name, 'getModelEntry'));
}

/**
 * Adds a network to the registry.
 *
 * @throws ArgumentError if the name is taken, or the loss weights do not fit the exits.
 */
export function registerModel(definition: ModelDefinition): void {
  const { name, exits, lossWeights } = definition;
  if (registry.has(name)) {
    throw new ArgumentError({
      where: 'registerModel',
      rule: 'a name is registered once',
      received: JSON.stringify(name),
      remedy: 'Choose another name, for instance with a suffix',
    });
  }
  if (lossWeights !== null && lossWeights.length !== exits.length + 1) {
    throw new ArgumentError({
      where: `registerModel(${JSON.stringify(name)})`,
      rule: `there is one loss weight per exit and one for the final exit, so ${exits.length + 1} here`,
      received: String(lossWeights.length),
    });
  }
  registry.set(name, definition);
}

function toEntry(definition: ModelDefinition): ModelEntry {
  const { name, family, description, paper, defaultDataset, inputShape, classes, exits, lossWeights } =
    definition;
  return {
    name,
    family,
    description,
    paper,
    defaultDataset,
    inputShape,
    classes,
    exits: exits.length,
    lossWeights,
  };
}

function getDefinition(name: string, caller: string): ModelDefinition {
  const definition = registry.get(name);
  if (definition !== undefined) return definition;
  throw new ArgumentError({
    function: caller,
    argument: 'name',
    rule: 'it is the name of a registered network',
    received: name,
    remedy: didYouMean(name, registry.keys()) ?? 'listModels() has the names',
  });
}

function classNames(classes: readonly string[] | number): readonly string[] {
  const names =
    typeof classes === 'number'
      ? Array.from({ length: Number.isInteger(classes) && classes > 0 ? classes : 0 }, (_, i) => String(i))
      : classes;
  if (names.length < 2 || new Set(names).size !== names.length) {
    throw new ArgumentError({
      function: 'createModel',
      argument: 'classes',
      rule: 'a network has two or more classes, each with its own name',
      received: JSON.stringify(classes),
    });
  }
  return names;
}

function checkInputShape(shape: InputShape): InputShape {
  if ((shape as readonly number[]).length === 3 && shape.every((size) => Number.isInteger(size) && size > 0))
    return shape;
  throw new ArgumentError({
    function: 'createModel',
    argument: 'inputShape',
    rule: 'it is [height, width, channels], positive integers',
    received: JSON.stringify(shape),
  });
}

function checkSeed(seed: number): number {
  if (Number.isSafeInteger(seed)) return seed;
  throw new ArgumentError({
    function: 'createModel',
    argument: 'seed',
    rule: 'it is an integer',
    received: String(seed),
  });
}
