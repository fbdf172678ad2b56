import { createCRC32 } from 'hash-wasm';

/** Frames bytes as a record of the format TFRecord. */
export type RecordFraming = (data: Uint8Array) => Buffer;

// Castagnoli's polynomial, reflected; a checksum is stored rotated, with this constant of the format added, so that
// the checksum of data that hold checksums stays meaningful.
const CASTAGNOLI = 0x82f6_3b78;
const MASK_DELTA = 0xa282_ead8;

/** TFRecord: length (uint64), its masked CRC32C, the data, their masked CRC32C, everything little-endian. */
export async function createRecordFraming(): Promise<RecordFraming> {
  const hasher = await createCRC32(CASTAGNOLI);
  const maskedChecksum = (data: Uint8Array): number => {
    const [a = 0, b = 0, c = 0, d = 0] = hasher.init().update(data).digest('binary');
    const checksum = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    return (((checksum >>> 15) | (checksum << 17)) + MASK_DELTA) >>> 0;
  };
  return (data) => {
    const record = Buffer.alloc(12 + data.length + 4);
    record.writeBigUInt64LE(BigInt(data.length), 0);
    record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
    record.set(data, 12);
    record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
    return record;
  };
}
