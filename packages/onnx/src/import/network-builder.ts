import { tf, tfl } from '../tf';
import { type ArrangedTensor, MAP, plainAxes, sameAxes, sizesOf, symbolicSize } from './arranged-tensor';

/** The values of a layer's weights, by name: `kernel`, `bias`. */
export type WeightValues = Readonly<Record<string, ArrayLike<number> | null>>;

/** Applies layers one after another. */
export class NetworkBuilder {
  readonly #taken = new Set<string>();
  readonly #layers: tfl.layers.Layer[] = [];

  /** A name that no layer has yet: `wanted`, or `wanted` with a number appended. */
  unique(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}_${String(count)}`;
    this.#taken.add(name);
    return name;
  }

  /** Applies a layer and fills its weights. */
  apply(
    layer: tfl.layers.Layer,
    inputs: readonly tfl.SymbolicTensor[],
    weights: WeightValues = {},
  ): tfl.SymbolicTensor {
    // The values are known, so none need to be drawn at random.
    layer.setFastWeightInitDuringBuild(true);
    const output = layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as tfl.SymbolicTensor;
    this.#layers.push(layer);
    for (const variable of layer.weights) {
      const values = weights[variable.originalName.split('/').at(-1)!];
      if (values === undefined || values === null) continue;
      const tensor = tf.tensor(new Float32Array(values), variable.shape as number[]);
      variable.write(tensor);
      tensor.dispose();
    }
    return output;
  }

  /** Frees the weights of a network that is not going to be finished. */
  dispose(): void {
    for (const layer of this.#layers) for (const weight of layer.weights) weight.dispose();
  }

  /** A feature map, `[batch, height, width, channels]`. */
  asMap(tensor: ArrangedTensor): ArrangedTensor {
    return sameAxes(tensor.axes, MAP) && tensor.symbolic.rank === 4
      ? tensor
      : this.#arrange(tensor, [1, 2, 0]);
  }

  /** A tensor whose axes have the same order in the network as in the file. */
  asPlain(tensor: ArrangedTensor): ArrangedTensor {
    const order = tensor.axes.map((_, axis) => axis);
    const isPlain =
      sameAxes(tensor.axes, plainAxes(order.length)) && tensor.symbolic.rank === order.length + 1;
    return isPlain ? tensor : this.#arrange(tensor, order);
  }

  /** Another view of the same numbers: one axis of `symbolic` is divided, into `sizes`. */
  reshaped(tensor: ArrangedTensor, shape: readonly number[], axes: ArrangedTensor['axes']): ArrangedTensor {
    const { symbolic, nonNegative } = tensor;
    const layer = tfl.layers.reshape({ targetShape: [...shape], name: this.unique('reshape') });
    return { kind: 'tensor', symbolic: this.apply(layer, [symbolic]), axes, nonNegative };
  }

  /** Brings the axes of the file's tensor into the given order, one axis of the network for each. */
  #arrange(tensor: ArrangedTensor, order: readonly number[]): ArrangedTensor {
    const atoms = order.flatMap((axis) => tensor.axes[axis]!);
    const all = sizesOf(tensor);
    const sizes = order.map((axis) => all[axis]!);
    let { symbolic } = tensor;
    // Axes of size 1 may stand anywhere.
    const wide = atoms.filter((axis) => symbolicSize(tensor, axis) > 1);
    if (wide.some((axis, place) => place > 0 && axis < wide[place - 1]!)) {
      symbolic = this.apply(tfl.layers.permute({ dims: atoms, name: this.unique('permute') }), [symbolic]);
    }
    if (symbolic.shape.slice(1).join() !== sizes.join()) {
      const isFlat = sizes.length === 1;
      const layer = isFlat
        ? tfl.layers.flatten({ name: this.unique('flatten') })
        : tfl.layers.reshape({ targetShape: sizes, name: this.unique('reshape') });
      symbolic = this.apply(layer, [symbolic]);
    }
    const places = new Map(order.map((axis, place) => [axis, place + 1]));
    const axes = tensor.axes.map((_, axis) => [places.get(axis)!]);
    return { ...tensor, symbolic, axes };
  }
}
