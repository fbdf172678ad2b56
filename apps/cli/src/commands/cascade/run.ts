import { cascadeOnnx } from '@earlyexit/attach';
import { openImages } from '@earlyexit/datasets';
import { aimOf, preparationOf } from '../../attached/request';
import { writeAttached } from '../../attached/write-attached';
import { requireReplaceable } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { showing } from '../../terminal/show-work';
import type { cascade } from './options';

/** `earlyexit cascade`: two classifiers or more in one file. */
export async function run({
  operands,
  options,
  given,
  output,
  signal,
}: Invocation<typeof cascade>): Promise<undefined> {
  const networks = [operands.small, operands.large, ...operands.out];
  const [out, large] = [networks.pop()!, networks.pop()!];
  const aim = aimOf(options, given);
  await requireReplaceable('OUT', out, 'onnx', options.force);
  const preparation = await preparationOf(large, options, signal);
  const { images, labels, classes } = await showing(output, signal, (work) =>
    openImages({ ...options, ...work }),
  );
  const { smallMean, smallStd, smallColor, smallSize, smallClasses, layout } = options;
  const before = {
    ...(smallMean && { mean: smallMean }),
    ...(smallStd && { standardDeviation: smallStd }),
    color: smallColor,
    size: smallSize === undefined ? undefined : ([smallSize, smallSize] as const),
    classes: smallClasses,
  };
  const attached = await showing(output, signal, (work) =>
    cascadeOnnx(
      networks.map((network) => ({ network, ...before })),
      { network: large, ...preparation, layout, output: options.output },
      { ...options, ...work, ...{ images, labels, aim, classes: options.classes ?? classes } },
    ),
  );
  return writeAttached(out, attached, { folder: options.staged, output });
}
