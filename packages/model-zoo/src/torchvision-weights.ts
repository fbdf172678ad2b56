import { type MultiExitModel, type Preprocessing, withMetadata } from '@earlyexit/branch-head';
import { DataError, nearestName, spreadScaling, type StatedScaling, statesScaling } from '@earlyexit/core';
import { type HostTensor, readSafetensors, type TensorValues } from '@earlyexit/core/safetensors';
import { createModel } from './registry';
import { tf, type tfl } from './tf';

/**
 * What is known about the weights besides the file; pixels are prepared as torchvision does for ImageNet unless stated.
 */
export interface TorchvisionOptions extends StatedScaling {
  /** Names of the classes; numbers unless given, as many as the weights have. */
  readonly classes?: readonly string[] | undefined;
  /** The seed of the heads' weights, which are not in the file; 0 unless given. */
  readonly seed?: number | undefined;
  /** The file's name in errors; `weights` unless given. */
  readonly where?: string | undefined;
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] } as const;

/** The counters of PyTorch's normalisation, which affect nothing. */
const COUNTER = /\.num_batches_tracked$/;
/** The most names that a message lists. */
const MOST_NAMED = 6;

/**
 * Builds a ResNet of the registry with the weights of torchvision's network of the same depth, under torchvision's
 * names: `conv1.weight`, `layer1.0.bn1.running_mean`, `layer2.0.downsample.0.weight`, `fc.bias`. Heads keep their
 * random weights, to be set by `frozen` training. Any network with such names fits, `resnet20_cifar` for instance.
 *
 * @param file safetensors, as `save_file(model.state_dict(), path)` writes it
 * @param name the name of a registered network
 * @throws ArgumentError for an unknown network, or a preparation that does not fit; DataError for a damaged file, or
 * weights that are missing, left over or of another shape
 */
export function importTorchvision(
  file: Uint8Array,
  name: string,
  options: TorchvisionOptions = {},
): MultiExitModel {
  const { where = 'weights', classes, seed } = options;
  const tensors = withoutPrefix(readSafetensors(file, where).tensors);
  const count = tensors.get('fc.bias')?.shape[0] ?? 0;
  const known = classes ?? (count > 1 ? count : undefined);
  const network = createModel(name, { ...(known === undefined ? {} : { classes: known }), seed });
  try {
    fill(network, tensors, where);
    return withMetadata(network, { preprocessing: preprocessingOf(network, options) });
  } catch (error) {
    network.model.dispose();
    throw error;
  }
}

function preprocessingOf({ model }: MultiExitModel, options: TorchvisionOptions): Preprocessing | null {
  const inputShape = model.inputs[0]!.shape.slice(1) as [number, number, number];
  if (statesScaling(options, 'importTorchvision')) {
    const where = { function: 'importTorchvision', argument: 'mean' };
    return { inputShape, ...spreadScaling(options, inputShape[2], where) };
  }
  return inputShape[2] === 3 ? { inputShape, ...IMAGENET } : null;
}

type Tensor = HostTensor<TensorValues>;

/** Networks that were trained on several devices have `module.` before every name. */
function withoutPrefix(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const kept = [...tensors].filter(([name]) => !COUNTER.test(name));
  const isPrefixed = kept.every(([name]) => name.startsWith('module.'));
  return new Map(kept.map(([name, tensor]) => [isPrefixed ? name.slice('module.'.length) : name, tensor]));
}

/** A weight of the network, and where it is in the file. */
interface Place {
  readonly variable: tfl.LayerVariable;
  readonly name: string;
  /** The order of the file's axes in the network. */
  readonly order: readonly number[];
}

function fill(
  { model, metadata }: MultiExitModel,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): void {
  const heads = metadata.exits.slice(0, -1).map((exit) => `${exit.name}_`);
  const backbone = model.layers.filter((layer) => !heads.some((head) => layer.name.startsWith(head)));
  const places = backbone.flatMap((layer) => layer.weights.map((variable) => placeOf(layer, variable)));
  const wanted = new Set(places.map(({ name }) => name));
  const missing = [...wanted].filter((name) => !tensors.has(name));
  const surplus = [...tensors.keys()].filter((name) => !wanted.has(name));
  if (missing.length > 0 || surplus.length > 0) {
    const near = missing.length > 0 ? nearestName(missing[0]!, surplus) : null;
    throw new DataError({
      where,
      rule: `it has the weights of ${metadata.name}, by torchvision's names`,
      received: [
        ...(missing.length > 0 ? [`${String(missing.length)} missing (${some(missing)})`] : []),
        ...(surplus.length > 0 ? [`${String(surplus.length)} left over (${some(surplus)})`] : []),
      ].join(' and '),
      remedy:
        near === null ? 'Name the network that the weights are of' : `${near} is close to ${missing[0]!}`,
    });
  }
  const misfit = places.find(
    ({ name, variable, order }) => turned(tensors.get(name)!, order) !== variable.shape.join(),
  );
  if (misfit !== undefined) {
    throw new DataError({
      where,
      rule: `'${misfit.name}' becomes [${misfit.variable.shape.join(', ')}]`,
      received: `[${tensors.get(misfit.name)!.shape.join(', ')}]`,
      remedy: 'Name the network that the weights are of',
    });
  }
  for (const { name, variable, order } of places) {
    const { shape, values } = tensors.get(name)!;
    tf.tidy(() => {
      variable.write(tf.transpose(tf.tensor(Float32Array.from(values), [...shape]), [...order]));
    });
  }
}

function some(names: readonly string[]): string {
  return `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
}

function turned({ shape }: Tensor, order: readonly number[]): string {
  return shape.length === order.length ? order.map((axis) => shape[axis]).join() : '';
}

/** PyTorch's names for the weights of normalisation and of other layers. */
const weightNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

function placeOf(layer: tfl.layers.Layer, variable: tfl.LayerVariable): Place {
  const own = variable.originalName.split('/').at(-1)!;
  const name = `${torchvisionName(layer.name)}.${weightNames[own] ?? own}`;
  const isKernel = own === 'kernel';
  const order = !isKernel ? [0] : variable.shape.length === 4 ? [2, 3, 1, 0] : [1, 0];
  return { variable, name, order };
}

/** `layer1.0.conv2` for `layer1_block1_conv2`; `layer2.0.downsample.0` for `layer2_block1_downsample_conv`. */
function torchvisionName(layer: string): string {
  const [, stage, block, part] = /^layer(\d+)_block(\d+)_(\w+)$/.exec(layer) ?? [];
  if (stage === undefined || block === undefined || part === undefined) return layer;
  const parts: Readonly<Record<string, string>> = {
    downsample_conv: 'downsample.0',
    downsample_bn: 'downsample.1',
  };
  return `layer${stage}.${String(Number(block) - 1)}.${parts[part] ?? part}`;
}
