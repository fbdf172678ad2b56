import { basename, resolve } from 'node:path';
import type { NetworkToCompare } from '@earlyexit/evaluation';
import { type Run, splitLogits } from '@earlyexit/runs';
import type { Output } from '../../terminal/output';
import { showing } from '../../terminal/show-work';
import { ranImages, type EvaluationSetup } from '../../model/evaluation-setup';

/** Runs other networks on the test images, one after the other; each is disposed of. */
export async function comparedLogits(
  runs: readonly Run[],
  { source, splits }: Pick<EvaluationSetup, 'source' | 'splits'>,
  { batchSize }: { readonly batchSize?: number | undefined },
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<NetworkToCompare[]> {
  const networks: NetworkToCompare[] = [];
  for (const { model, path, directory, runDirectory } of runs) {
    const { metadata } = model;
    output.note(`comparing with ${path}: ${metadata.name}`);
    if (metadata.policy === null && metadata.exits.length > 1) {
      output.warn(
        `${path} is not calibrated: it is shown without its exits. Run earlyexit calibrate ${path} first`,
      );
    }
    const test = await showing(
      output,
      signal,
      (work) => splitLogits({ model }, { source, splits }, 'test', { batchSize, ...work }),
      ranImages('test'),
    );
    networks.push({ metadata, test, run: path, label: basename(resolve(runDirectory ?? directory)) });
    model.model.dispose();
  }
  return networks;
}
