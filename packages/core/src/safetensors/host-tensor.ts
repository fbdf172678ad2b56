/** The values of a tensor of a safetensors file: 32-bit floats or integers. */
export type TensorValues = Float32Array | Int32Array;

/** A tensor on the host. */
export interface HostTensor<Values extends TensorValues = Float32Array> {
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly values: Values;
}
