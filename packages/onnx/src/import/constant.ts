import { elementType, type NodeMessage, type TensorMessage } from '../protobuf/messages';
import { wholeOf } from '../protobuf/read-model';
import { refuseNode } from './refuse-node';

/**
 * A tensor that is known before anything is fed. In a list of sizes, NaN stands for the batch size and whatever was
 * computed from it.
 */
export interface Constant {
  readonly kind: 'constant';
  readonly dims: readonly number[];
  readonly isFloat: boolean;
  readonly data: ArrayLike<number>;
}

/** A constant of these numbers. */
export function constant(dims: readonly number[], data: ArrayLike<number>, isFloat: boolean): Constant {
  return { kind: 'constant', dims, isFloat, data };
}

/** The only number of a constant; undefined where it has several. */
export function scalarOf(value: Constant): number | undefined {
  return value.data.length === 1 ? value.data[0] : undefined;
}

interface StoredTensor extends TensorMessage {
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly unknown[];
  readonly int64Data?: readonly unknown[];
}

/** Element types that are read but never written. */
const DOUBLE = 11;
const BFLOAT16 = 16;

/**
 * Reads a stored tensor of any common element type.
 *
 * @param node the node that reads it, for errors
 * @throws DataError for another element type, or too little data
 */
export function readTensor(tensor: TensorMessage, node: NodeMessage): Constant {
  const {
    dims: sizes,
    dataType,
    rawData,
    floatData = [],
    int32Data = [],
    int64Data = [],
  } = tensor as StoredTensor;
  const dims = sizes.map(wholeOf);
  const count = dims.reduce((product, size) => product * size, 1);
  const isFloat = [elementType.float32, elementType.float16, DOUBLE, BFLOAT16].some(
    (type) => type === dataType,
  );
  const listed =
    dataType === elementType.float32 ? floatData : dataType === elementType.int64 ? int64Data : int32Data;
  const data = rawData.length === 0 ? fromList(listed, dataType) : fromBytes(rawData, dataType);
  if (data === null || data.length !== count) {
    refuseNode(
      node,
      'its constants are whole and of a common type',
      `'${tensor.name}', type ${String(dataType)}, [${dims.join(', ')}]`,
    );
  }
  return constant(dims, data, isFloat);
}

function fromList(values: readonly unknown[], type: number): ArrayLike<number> {
  const numbers = values.map(wholeOf);
  if (type === elementType.float16) return numbers.map(fromHalf);
  return type === elementType.float32 ? Float32Array.from(numbers) : numbers;
}

function fromBytes(bytes: Uint8Array, type: number): ArrayLike<number> | null {
  // A copy, because weights may lie unaligned in the file.
  const { buffer } = new Uint8Array(bytes);
  const view = new DataView(buffer);
  const each = (size: number, read: (at: number) => number): Float64Array =>
    Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(index * size));
  switch (type) {
    case elementType.float32:
      return bytes.length % 4 === 0 ? new Float32Array(buffer) : null;
    case elementType.float16:
      return each(2, (at) => fromHalf(view.getUint16(at, true)));
    case BFLOAT16:
      // The upper half of a float32.
      return each(2, (at) => new Float32Array(Uint32Array.of(view.getUint16(at, true) << 16).buffer)[0]!);
    case DOUBLE:
      return each(8, (at) => view.getFloat64(at, true));
    case elementType.int64:
      return each(8, (at) => Number(view.getBigInt64(at, true)));
    case elementType.int32:
      return each(4, (at) => view.getInt32(at, true));
    case elementType.int8:
      return new Int8Array(buffer);
    case elementType.uint8:
    case elementType.bool:
      return new Uint8Array(buffer);
    default:
      return null;
  }
}

function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
