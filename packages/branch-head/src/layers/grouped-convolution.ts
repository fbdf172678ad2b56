import { tf, tfl } from '../tf';

/** Arguments of `GroupedConv2D`. */
export interface GroupedConv2DArguments {
  /** Output channels, a multiple of `groups`. */
  readonly filters: number;
  /** `[height, width]` */
  readonly kernelSize: readonly [number, number];
  /** `[1, 1]` unless given. */
  readonly strides?: readonly [number, number];
  /** `[1, 1]` unless given. */
  readonly dilationRate?: readonly [number, number];
  /** The number of groups that the channels are divided into; each is convolved separately. */
  readonly groups: number;
  /** True unless given. */
  readonly useBias?: boolean;
  readonly name?: string;
  readonly trainable?: boolean;
}

type Pair = readonly [number, number];

/**
 * A convolution in groups (Krizhevsky et al. 2012; Xie et al. 2017, arXiv 1611.05431) without padding, `[batch, height,
 * width, channels]` to `[batch, …, …, filters]`. The kernel is `[height, width, channels / groups, filters]`, those of
 * the first group first. With as many groups as channels it is a depthwise convolution, with strides and dilations that
 * `DepthwiseConv2D` of TensorFlow.js does not support.
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 */
export class GroupedConv2D extends tfl.layers.Layer {
  static readonly className = 'GroupedConv2D';
  readonly #filters: number;
  readonly #groups: number;
  readonly #kernelSize: Pair;
  readonly #strides: Pair;
  readonly #dilationRate: Pair;
  readonly #useBias: boolean;
  #kernel: tfl.LayerVariable | null = null;
  #bias: tfl.LayerVariable | null = null;

  constructor(options: GroupedConv2DArguments) {
    super(options);
    const { filters, groups, kernelSize, strides = [1, 1], dilationRate = [1, 1], useBias = true } = options;
    this.#filters = filters;
    this.#groups = groups;
    this.#kernelSize = kernelSize;
    this.#strides = strides;
    this.#dilationRate = dilationRate;
    this.#useBias = useBias;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = (inputShape as tfl.Shape).at(-1)!;
    const kernel = [...this.#kernelSize, channels / this.#groups, this.#filters];
    this.#kernel = this.addWeight('kernel', kernel, 'float32', tfl.initializers.glorotUniform({}));
    if (this.#useBias)
      this.#bias = this.addWeight('bias', [this.#filters], 'float32', tfl.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    const [batch, height, width] = inputShape;
    const [rows, columns] = [height, width].map((size, axis) =>
      typeof size === 'number'
        ? Math.floor(
            (size - (this.#kernelSize[axis]! - 1) * this.#dilationRate[axis]! - 1) / this.#strides[axis]!,
          ) + 1
        : null,
    );
    return [batch ?? null, rows ?? null, columns ?? null, this.#filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy((): tf.Tensor => {
      const features = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
      const convolved =
        features.shape[3] === this.#groups ? this.#depthwise(features) : this.#inGroups(features);
      return this.#bias === null ? convolved : tf.add(convolved, this.#bias.read());
    });
  }

  #inGroups(features: tf.Tensor4D): tf.Tensor {
    const kernels = tf.split(this.#kernel!.read(), this.#groups, 3);
    const parts = tf
      .split<tf.Tensor4D>(features, this.#groups, 3)
      .map((part, group) =>
        tf.conv2d(
          part,
          kernels[group] as tf.Tensor4D,
          [...this.#strides] as [number, number],
          'valid',
          'NHWC',
          [...this.#dilationRate] as [number, number],
        ),
      );
    return tf.concat(parts, 3);
  }

  #depthwise(features: tf.Tensor4D): tf.Tensor {
    const [height, width] = this.#kernelSize;
    const channels = this.#groups;
    const kernel: tf.Tensor4D = tf.reshape(this.#kernel!.read(), [
      height,
      width,
      channels,
      this.#filters / channels,
    ]);
    // Native TensorFlow supports only equal strides in both directions here.
    const [down, right] = this.#strides;
    const isEven = down === right;
    const convolved = tf.depthwiseConv2d<tf.Tensor4D>(
      features,
      kernel,
      isEven ? [down, right] : 1,
      'valid',
      'NHWC',
      [...this.#dilationRate] as [number, number],
    );
    return isEven ? convolved : tf.avgPool(convolved, 1, [down, right], 'valid');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.#filters,
      kernelSize: [...this.#kernelSize],
      strides: [...this.#strides],
      dilationRate: [...this.#dilationRate],
      groups: this.#groups,
      useBias: this.#useBias,
      padding: 'valid',
    };
  }
}
