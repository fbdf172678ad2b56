import type { TensorDescription } from './tensor';

/** Which inputs a model takes; a request brings one of them. */
export interface ModelInputs {
  /** Preprocessed values, channels first, as the exported file takes them. */
  readonly values: TensorDescription;
  /** Raw bytes, channels last, which the server preprocesses; null where the model does not say how. */
  readonly bytes: TensorDescription | null;
}

/**
 * The inputs of a model.
 *
 * @param inputShape what its session takes of an image: height, width, channels, or any axes
 * @param takesBytes whether the model says how bytes become its inputs
 */
export function describeInputs(inputShape: readonly number[], takesBytes: boolean): ModelInputs {
  const [height, width, channels] = inputShape;
  const first = inputShape.length === 3 ? [channels!, height!, width!] : inputShape;
  return {
    values: { name: 'pixel_values', datatype: 'FP32', shape: [-1, ...first] },
    bytes: takesBytes ? { name: 'images', datatype: 'UINT8', shape: [-1, ...inputShape] } : null,
  };
}
