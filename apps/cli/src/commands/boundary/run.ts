import { type Boundary, computeBoundary, drawBoundary } from '@earlyexit/boundary';
import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import type { Invocation } from '../../command';
import { startEngine } from '../../model/start-engine';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { showing } from '../../terminal/show-work';
import { boundaryDocument, describeBoundary } from './describe';
import type { boundary } from './options';

/** `earlyexit boundary`: trains a small network on points of the plane, and writes the picture. */
export async function run({ options, output, signal }: Invocation<typeof boundary>): Promise<undefined> {
  const { data: shape, points, noise, steps, threshold, seed, out, force } = options;
  const files = filesOf(out);
  for (const path of files) await requireReplaceable('--out', path, 'picture', force);
  await startEngine(options, output);
  const drawn: Boundary = await showing(output, signal, (shown) =>
    computeBoundary({ shape, points, noise, steps, threshold, seed, ...shown }),
  );
  const [svgFile, pngFile] = files;
  const svg = drawBoundary(drawn);
  await writeWholeFile(svgFile, svg);
  const png = await toPng(svg);
  if (png === null) output.note('no PNG was written: the package sharp is not installed');
  else await writeWholeFile(pngFile, png);
  const written = png === null ? [svgFile] : files;
  output.json(boundaryDocument(drawn, written));
  output.text(...describeBoundary(drawn, written));
  return undefined;
}

/** The SVG, and the PNG beside it. */
function filesOf(out: string): readonly [svg: string, png: string] {
  const named = /^(.*)\.(?:svg|png)$/is.exec(out);
  if (named !== null) return [`${named[1]!}.svg`, `${named[1]!}.png`];
  throw new ArgumentError({
    where: '--out',
    rule: 'the picture is a file that ends in .svg or .png; both are written',
    received: out,
  });
}

/** At twice the size, for screens and print; null where there is nothing to draw it with. */
async function toPng(svg: string): Promise<Buffer | null> {
  const found = await import('sharp').catch(() => null);
  if (found === null) return null;
  const picture = found.default(Buffer.from(svg), { density: 144 });
  return picture
    .withExif({ IFD0: { Software: 'earlyexit' } })
    .png()
    .toBuffer();
}
