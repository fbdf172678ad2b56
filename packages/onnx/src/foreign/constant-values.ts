import { elementType, type NodeMessage, type TensorMessage } from '../protobuf/messages';
import { wholeOf } from '../protobuf/read-model';
import { attributeOf } from './node-names';

/** A tensor as a file may hold it: bytes, or one of the typed lists. */
interface StoredTensor extends TensorMessage {
  readonly int32Data?: readonly unknown[];
  readonly int64Data?: readonly unknown[];
}

/** The whole numbers of a short int32 or int64 constant; `null` for any other tensor. */
export function wholeNumbers(tensor: TensorMessage): number[] | null {
  const { dataType, rawData, int32Data = [], int64Data = [] } = tensor as StoredTensor;
  if (dataType !== elementType.int64 && dataType !== elementType.int32) return null;
  const listed = dataType === elementType.int64 ? int64Data : int32Data;
  if (listed.length > 0) return listed.map(wholeOf);
  const size = dataType === elementType.int64 ? 8 : 4;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: Math.floor(rawData.byteLength / size) }, (_, index) =>
    size === 8 ? Number(view.getBigInt64(index * 8, true)) : view.getInt32(index * 4, true),
  );
}

/** A list of whole numbers as a constant tensor, `[length]` int64. */
export function wholeTensor(name: string, values: readonly (number | bigint)[]): TensorMessage {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { dims: [values.length], dataType: elementType.int64, name, rawData };
}

/** A number as a constant tensor, `[]` float32. */
export function scalarTensor(name: string, value: number): TensorMessage {
  const rawData = new Uint8Array(Float32Array.of(value).buffer);
  return { dims: [], dataType: elementType.float32, name, rawData };
}

/** The tensor that a `Constant` node holds. */
export function heldTensor(node: NodeMessage): TensorMessage | null {
  return node.opType === 'Constant' ? (attributeOf(node, 'value')?.t ?? null) : null;
}

/** A float32 tensor with its numbers as bytes, changed in place; some programs write them as a list. Others stay. */
export function plainFloats(tensor: TensorMessage): TensorMessage {
  const { floatData = [] } = tensor as TensorMessage & { readonly floatData?: readonly number[] };
  if (tensor.dataType !== elementType.float32) return tensor;
  tensor.dims = tensor.dims.map(wholeOf);
  if (floatData.length === 0 || tensor.rawData.length > 0) return tensor;
  const rawData = new Uint8Array(Float32Array.from(floatData).buffer);
  return Object.assign(tensor, { rawData, floatData: [] });
}
