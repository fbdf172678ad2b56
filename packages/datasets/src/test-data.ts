import { crc32, deflateRawSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A tar archive of the given files; names that end in a slash become folders. */
export async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, Buffer.from(content));
  }
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A zip archive of the given files, deflated; names that end in a slash become folders. */
export function zipOf(files: Readonly<Record<string, Uint8Array | string>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const [bytes, label] = [Buffer.from(content), Buffer.from(name)];
    const packed = deflateRawSync(bytes);
    // What both headers hold: version, flags (names in UTF-8), method, time, checksum, sizes, length of the name.
    const common = Buffer.alloc(26);
    common.set([20, 0, 0, 8, 8, 0], 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(label.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\x03\x04'), common, label, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), common, entry, label);
    offset += 30 + label.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listed, Buffer.from('PK\x05\x06'), end]);
}

/** An IDX file of unsigned bytes. */
export function idxFile(sizes: readonly number[], values: Iterable<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(0x0800 + sizes.length, 0);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, Buffer.from(Uint8Array.from(values))]);
}

/** CIFAR-10 records: `records` labels, each with planes of constant red, green and blue. */
export function cifarRecords(
  records: readonly (readonly [label: number, red: number, green: number, blue: number])[],
): Buffer {
  return Buffer.concat(
    records.map(([label, ...colours]) =>
      Buffer.concat([Buffer.of(label), ...colours.map((byte) => Buffer.alloc(1_024, byte))]),
    ),
  );
}
