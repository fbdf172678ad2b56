import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import sharp from 'sharp';

const SIDE = 8;
const classes = ['left', 'top', 'whole'] as const;

/** One 8×8 image of a class: bright on the left, at the top, or everywhere, with seeded noise. */
export function tinyImage(label: number, seed: number): Uint8Array {
  const noise = randomStream(seed * classes.length + label);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const bright = [i % SIDE < SIDE / 2, i < (SIDE * SIDE) / 2, true][label] === true;
    return (bright ? 150 : 20) + 80 * noise();
  });
}

/** Writes a tiny image as a file. */
export async function writeTinyImage(path: string, label: number, seed: number): Promise<void> {
  const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
  const image = sharp(tinyImage(label, seed), { raw });
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
