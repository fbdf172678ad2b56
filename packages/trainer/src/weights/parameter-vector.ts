import { tf, type tfl } from '../tf';
import type { NamedWeight } from './named-weights';
import { hasKernel, runKernel } from '../step/own-kernels';

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
  const size = variables.reduce((sum, variable) => sum + variable.size, 0);
  const mask = new Float32Array(size);
  let offset = 0;
  for (const [index, { kind }] of weights.entries()) {
    const end = offset + variables[index]!.size;
    if (kind === 'kernel') mask.fill(1, offset, end);
    offset = end;
  }
  const kernelMask = tf.tensor1d(mask);
  let last: { readonly values: tf.Tensor1D; readonly parts: readonly tf.DataId[] } | null = null;
  const forget = (): void => {
    last?.values.dispose();
    last = null;
  };
  return {
    weights,
    size,
    kernelMask,
    variables,
    read() {
      // What was written last is still there unless somebody else has set a weight since.
      if (last?.parts.every((part, index) => variables[index]?.dataId === part) === true)
        return tf.clone(last.values);
      return tf.tidy(() => pack(variables));
    },
    write(values) {
      forget();
      const isKept = tf.tidy(() => {
        const parts = unpack(values, variables);
        for (const [index, part] of parts.entries()) weights[index]?.weight.write(part);
        // A layer's constraint makes something else of it.
        return parts.every((part, index) => variables[index]?.dataId === part.dataId);
      });
      if (isKept) last = { values: tf.keep(tf.clone(values)), parts: variables.map(({ dataId }) => dataId) };
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
      tf.tidy(() => pack(variables.map(({ name, size: length }) => gradients[name] ?? tf.zeros([length])))),
    dispose() {
      kernelMask.dispose();
      forget();
    },
  };
}

/** Its own type says only that a layer's weight holds a tensor. */
function variableOf(weight: tfl.LayerVariable): tf.Variable {
  const tensor: tf.Tensor = weight.read();
  if (tensor instanceof tf.Variable) return tensor as tf.Variable;
  throw new TypeError(`${weight.originalName} is no variable.`);
}

/** One vector of all numbers. */
function pack(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  if (hasKernel('PackVector')) return runKernel('PackVector', tensors) as tf.Tensor1D;
  return tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size])));
}

/** The parts of a vector, one after the other, in the shapes of `like`. */
function unpack(values: tf.Tensor1D, like: readonly tf.Tensor[]): tf.Tensor[] {
  if (hasKernel('UnpackVector')) return runKernel('UnpackVector', [values, ...like]) as tf.Tensor[];
  const sizes = like.map(({ size }) => size);
  return tf.split(values, sizes).map((part, index) => tf.reshape(part, like[index]!.shape));
}
