import { cascadeOnnx, chooseAim, requirePreparation } from '@earlyexit/attach';
import { openImages } from '@earlyexit/datasets';
import { finishAttached, requireTargets } from '../../attached/finish-attached';
import type { Invocation } from '../../command';
import { asStated } from '../../options/image-options';
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
  const aim = chooseAim(given);
  await requireTargets({ ...options, out });
  const preparation = await requirePreparation(large, asStated(options), signal);
  const opened = await showing(output, signal, (work) => openImages({ ...options, ...work }));
  const { images, labels } = opened;
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
      { ...options, ...work, ...{ images, labels, aim, classes: options.classes ?? opened.classes } },
    ),
  );
  return finishAttached(attached, images, { ...options, out }, { output, signal });
}
