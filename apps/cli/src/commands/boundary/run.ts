import { computeBoundary } from '@earlyexit/boundary';
import { boundaryFiles, writeBoundary } from '@earlyexit/boundary/node';
import { requireReplaceable } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { startEngine } from '../../model/start-engine';
import { showing } from '../../terminal/show-work';
import { boundaryDocument, describeBoundary } from './describe';
import type { boundary } from './options';

/** `earlyexit boundary`: trains a small network on points of the plane, and writes the picture. */
export async function run({ options, output, signal }: Invocation<typeof boundary>): Promise<undefined> {
  const { data: shape, points, noise, steps, threshold, seed, out, force } = options;
  const files = boundaryFiles(out);
  for (const path of files) await requireReplaceable('--out', path, 'picture', force);
  await startEngine(options, output);
  const drawn = await showing(output, signal, (shown) =>
    computeBoundary({ shape, points, noise, steps, threshold, seed, ...shown }),
  );
  const written = await writeBoundary(drawn, out);
  if (written.length < files.length) output.note('no PNG was written: the package sharp is not installed');
  output.json(boundaryDocument(drawn, written));
  output.text(...describeBoundary(drawn, written));
  return undefined;
}
