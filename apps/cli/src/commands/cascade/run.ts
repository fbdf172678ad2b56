import { cascadeOnnx } from '@earlyexit/attach';
import { openImages } from '@earlyexit/datasets';
import { aimOf, preparationOf } from '../../attached/request';
import { writeAttached } from '../../attached/write-attached';
import type { Invocation } from '../../command';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { showing } from '../../terminal/show-work';
import type { cascade } from './options';

/** `earlyexit cascade`: two classifiers in one file. */
export async function run({
  operands,
  options,
  given,
  output,
  signal,
}: Invocation<typeof cascade>): Promise<undefined> {
  const { small, large, out } = operands;
  const aim = aimOf(options, given);
  await requireReplaceable('OUT', out, 'onnx', options.force);
  const preparation = await preparationOf(large, options, signal);
  const { images, labels, classes } = await showing(output, signal, (work) =>
    openImages({ ...options, ...work }),
  );
  const { smallMean, smallStd, smallColor, smallSize, layout } = options;
  const attached = await showing(output, signal, (work) =>
    cascadeOnnx(
      {
        network: small,
        ...(smallMean && { mean: smallMean }),
        ...(smallStd && { standardDeviation: smallStd }),
        color: smallColor,
        size: smallSize === undefined ? undefined : [smallSize, smallSize],
      },
      { network: large, ...preparation, layout, output: options.output },
      { ...options, ...work, ...{ images, labels, aim, classes: options.classes ?? classes } },
    ),
  );
  return writeAttached(out, attached, output);
}
