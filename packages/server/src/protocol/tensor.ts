/** The data types of the Open Inference Protocol that are taken or given here. */
export type DataType = 'FP32' | 'UINT8' | 'INT64' | 'BYTES';

/** A tensor as metadata describe it; −1 stands for any number. */
export interface TensorDescription {
  readonly name: string;
  readonly datatype: DataType;
  readonly shape: readonly number[];
}

/** A tensor that is given. */
export type Tensor = Pick<TensorDescription, 'name' | 'shape'> &
  (
    | { readonly datatype: 'FP32'; readonly values: Float32Array }
    | { readonly datatype: 'INT64'; readonly values: ArrayLike<number> }
    | { readonly datatype: 'BYTES'; readonly values: readonly string[] }
  );

/** The values for JSON: one flat list, row-major. */
export function tensorToJson({ values }: Tensor): (number | string)[] {
  return Array.from<number | string>(values);
}

/** The values as the binary tensor data extension has them: little-endian; strings each behind its length, 4 bytes. */
export function tensorToBytes(tensor: Tensor): Buffer {
  if (tensor.datatype === 'FP32') {
    const { buffer, byteOffset, byteLength } = tensor.values;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  if (tensor.datatype === 'INT64') {
    const values = BigInt64Array.from(Array.from(tensor.values), (value) => BigInt(Math.round(value)));
    return Buffer.from(values.buffer);
  }
  const parts = tensor.values.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}
