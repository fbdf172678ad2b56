import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import type { Boundary } from './boundary';
import { drawBoundary } from './draw-boundary';

/**
 * The files that `writeBoundary` writes for a path: the SVG, and the PNG beside it.
 *
 * @throws ArgumentError for a path that ends in neither
 */
export function boundaryFiles(path: string): readonly [svg: string, png: string] {
  const named = /^(.*)\.(?:svg|png)$/is.exec(path);
  if (named !== null) return [`${named[1]!}.svg`, `${named[1]!}.png`];
  throw new ArgumentError({
    function: 'writeBoundary',
    argument: 'path',
    rule: 'the picture is a file that ends in .svg or .png; both are written',
    received: path,
  });
}

/**
 * Writes the picture as SVG and, where the package `sharp` is installed, as PNG of twice the size, for screens and print.
 *
 * @param path of either; the other lies beside it
 * @returns the files that were written
 * @throws ArgumentError for a path that ends in neither; EnvironmentError if it cannot be written
 */
export async function writeBoundary(boundary: Boundary, path: string): Promise<readonly string[]> {
  const [svgFile, pngFile] = boundaryFiles(path);
  const svg = drawBoundary(boundary);
  await writeWholeFile(svgFile, svg);
  const sharp = await import('sharp').catch(() => null);
  if (sharp === null) return [svgFile];
  const picture = sharp.default(Buffer.from(svg), { density: 144 });
  const png = picture
    .withExif({ IFD0: { Software: 'earlyexit' } })
    .png()
    .toBuffer();
  await writeWholeFile(pngFile, await png);
  return [svgFile, pngFile];
}
