import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import sharp from 'sharp';

const classes = ['left', 'top', 'whole'] as const;

/** What tiny images look like. */
const usual = { side: 8, dark: 20, bright: 150, noise: 80 } as const;

/** What an image looks like where it is not as usual. */
export type TinyLook = Readonly<Partial<Record<keyof typeof usual, number>>>;

/** One image of a class, 8×8 unless told otherwise: bright on the left, at the top, or everywhere, with seeded noise. */
export function tinyImage(label: number, seed: number, look: TinyLook = {}): Uint8Array {
  const { side, dark, bright, noise } = { ...usual, ...look };
  const random = randomStream(seed * classes.length + label);
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const isBright = [i % side < side / 2, i < (side * side) / 2, true][label] === true;
    return (isBright ? bright : dark) + noise * random();
  });
}

/** Writes a tiny image as a file. */
export async function writeTinyImage(
  path: string,
  label: number,
  seed: number,
  look?: TinyLook,
): Promise<void> {
  const { side } = { ...usual, ...look };
  const image = sharp(tinyImage(label, seed, look), { raw: { width: side, height: side, channels: 1 } });
  await writeFile(path, await (path.endsWith('.jpg') ? image.jpeg({ quality: 95 }) : image.png()).toBuffer());
}

/** Writes an image folder with three classes that a tiny network learns in seconds. */
export async function writeTinyDataset(folder: string, imagesPerClass = 60): Promise<void> {
  for (const [label, name] of classes.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    await Promise.all(
      Array.from({ length: imagesPerClass }, (_, i) =>
        writeTinyImage(join(folder, name, `${String(i).padStart(3, '0')}.png`), label, i * 3 + label),
      ),
    );
  }
}
