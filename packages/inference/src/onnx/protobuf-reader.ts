import { DataError } from '@earlyexit/core';

/** One field of a message: a number, or a stretch of bytes. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
  /** Where the field ends, counted from the beginning of the message. */
  readonly end: number;
}

const WIRE_TYPE_BITS = 3;
/** A varint of 64 bits takes at most ten bytes. */
const LONGEST_VARINT = 10;

/**
 * Reads the fields of a protobuf message one after another, without copying.
 *
 * @throws DataError if the message ends in the middle of a field, or is not a protobuf message
 */
export function* readFields(message: Uint8Array, where: string): Generator<ProtobufField> {
  let offset = 0;
  const damaged = (received: string): never => {
    throw new DataError({
      where,
      rule: 'it is an undamaged ONNX file',
      received: `${received} at byte ${offset}`,
      remedy: 'Export it again',
    });
  };
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      if (offset >= message.length) damaged('an end in the middle of a number');
      const byte = message[offset++]!;
      // Beyond 2 ** 53 a float64 rounds, but no size in a valid file is that large.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    return damaged('a number that does not end');
  };
  const skip = (length: number): Uint8Array => {
    if (length > message.length - offset)
      damaged(`a field of ${length} bytes where ${message.length - offset} are left`);
    offset += length;
    return message.subarray(offset - length, offset);
  };
  while (offset < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 2 ** WIRE_TYPE_BITS);
    const wireType = tag % 2 ** WIRE_TYPE_BITS;
    if (number === 0) damaged('a field without a number');
    let value: number | Uint8Array;
    if (wireType === 0) value = varint();
    else if (wireType === 1) value = skip(8);
    else if (wireType === 2) value = skip(varint());
    else if (wireType === 5) value = skip(4);
    else value = damaged(`a field of the unknown kind ${wireType}`);
    yield { number, value, end: offset };
  }
}
