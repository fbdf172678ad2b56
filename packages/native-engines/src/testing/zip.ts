import { deflateRawSync } from 'node:zlib';

/**
 * A zip archive with these files; those in `stored` are not compressed. With `zip64` every size and offset is in a
 * 64-bit field, as in archives of more than 4 GB.
 */
export function zip(
  files: Readonly<Record<string, string>>,
  { stored = [], zip64 = false }: { readonly stored?: readonly string[]; readonly zip64?: boolean } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const method = stored.includes(name) ? 0 : 8;
    const packed = method === 0 ? content : deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    // An extra field in the local header only, as some writers leave one.
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(nameBytes.length, 26);
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt16LE(nameBytes.length, 28);
    const long = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      entry.fill(0xff, 20, 28).fill(0xff, 42, 46).writeUInt16LE(long.length, 30);
      long.writeUInt16LE(1, 0);
      long.writeUInt16LE(24, 2);
      [content.length, packed.length, offset].forEach((value, index) =>
        long.writeBigUInt64LE(BigInt(value), 4 + 8 * index),
      );
    } else {
      entry.writeUInt32LE(packed.length, 20);
      entry.writeUInt32LE(content.length, 24);
      entry.writeUInt32LE(offset, 42);
    }
    parts.push(local, nameBytes, Buffer.alloc(4), packed);
    directory.push(entry, nameBytes, long);
    offset += 30 + nameBytes.length + 4 + packed.length;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const count = Object.keys(files).length;
  if (!zip64) {
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(directoryBytes, 12);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...parts, ...directory, end]);
  }
  end.fill(0xff, 8, 20);
  const longEnd = Buffer.alloc(56);
  longEnd.writeUInt32LE(0x06064b50, 0);
  longEnd.writeBigUInt64LE(44n, 4);
  [count, count, directoryBytes, offset].forEach((value, index) =>
    longEnd.writeBigUInt64LE(BigInt(value), 24 + 8 * index),
  );
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([...parts, ...directory, longEnd, locator, end]);
}
