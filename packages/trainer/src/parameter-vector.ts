import { tf, type tfl } from './tf';
import type { NamedWeight } from './named-weights';

/** The trained weights of a network as one flat vector, in a fixed order. */
export interface ParameterVector {
  /** The weights, in the order of the vector. */
  readonly weights: readonly NamedWeight[];
  /** How many numbers there are. */
  readonly size: number;
  /** `[size]`: 1 for kernels, 0 for biases and normalisation parameters. Owned by this object. */
  readonly kernelMask: tf.Tensor1D;
  /** The variables behind the weights, for `tf.variableGrads`. */
  readonly variables: tf.Variable[];
  /** A new tensor `[size]` with the present values. */
  read(): tf.Tensor1D;
  /** Sets the weights from a tensor `[size]`; layer constraints apply. */
  write(values: tf.Tensor1D): void;
  /** Copies the present values, bit by bit. */
  copyTo(target: Float32Array): void;
  /** Sets the weights bit by bit to what `copyTo` of the same network elsewhere gave: no layer constraint applies. */
  copyFrom(source: Float32Array): void;
  /** A new tensor `[size]` from gradients by variable name; 0 where a weight has none. */
  flatten(gradients: tf.NamedTensorMap): tf.Tensor1D;
  dispose(): void;
}

/** Sees `weights` as one vector. The weights themselves stay where they are. */
export function createParameterVector(weights: readonly NamedWeight[]): ParameterVector {
  const variables = weights.map(({ weight }) => variableOf(weight));
  const sizes = variables.map((variable) => variable.size);
  const size = sizes.reduce((sum, length) => sum + length, 0);
  const mask = new Float32Array(size);
  let offset = 0;
  for (const [index, { kind }] of weights.entries()) {
    const end = offset + (sizes[index] as number);
    if (kind === 'kernel') mask.fill(1, offset, end);
    offset = end;
  }
  const kernelMask = tf.tensor1d(mask);
  return {
    weights,
    size,
    kernelMask,
    variables,
    read: () => tf.tidy(() => tf.concat1d(variables.map(flat))),
    write(values) {
      tf.tidy(() => {
        for (const [index, part] of split(values, sizes).entries()) {
          const { weight } = weights[index] as NamedWeight;
          weight.write(tf.reshape(part, weight.shape as number[]));
        }
      });
    },
    copyTo(target) {
      let at = 0;
      for (const variable of variables) {
        target.set(variable.dataSync<'float32'>(), at);
        at += variable.size;
      }
    },
    copyFrom(source) {
      let at = 0;
      for (const variable of variables) {
        const values = tf.tensor(source.subarray(at, at + variable.size), variable.shape);
        variable.assign(values);
        values.dispose();
        at += variable.size;
      }
    },
    flatten: (gradients) =>
      tf.tidy(() =>
        tf.concat1d(variables.map(({ name, size: length }) => flat(gradients[name] ?? tf.zeros([length])))),
      ),
    dispose: () => kernelMask.dispose(),
  };
}

/** Its own type says only that a layer's weight holds a tensor. */
function variableOf(weight: tfl.LayerVariable): tf.Variable {
  const tensor: tf.Tensor = weight.read();
  if (tensor instanceof tf.Variable) return tensor as tf.Variable;
  throw new TypeError(`${weight.originalName} is no variable.`);
}

/** The parts of a vector, one after the other. */
function split(values: tf.Tensor1D, sizes: readonly number[]): tf.Tensor1D[] {
  if (tf.getBackend() !== 'wasm') return tf.split(values, [...sizes]);
  // The WASM engine's split copies the whole vector for every part. Its memory is the host's, so one copy will do.
  const all = values.dataSync<'float32'>();
  let offset = 0;
  return sizes.map((size) => {
    offset += size;
    return tf.tensor1d(all.subarray(offset - size, offset));
  });
}

function flat(tensor: tf.Tensor): tf.Tensor1D {
  return tf.reshape(tensor, [tensor.size]);
}
