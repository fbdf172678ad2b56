import { attachToOnnx, chooseAim, requirePreparation } from '@earlyexit/attach';
import { openHeadImages, openImages } from '@earlyexit/datasets';
import { finishAttached, requireTargets } from '../../attached/finish-attached';
import type { Invocation } from '../../command';
import { asStated } from '../../options/image-options';
import { showing } from '../../terminal/show-work';
import type { attach } from './options';

/** `earlyexit attach`: exits inside a classifier of any origin. */
export async function run({
  operands,
  options,
  given,
  output,
  signal,
}: Invocation<typeof attach>): Promise<undefined> {
  const { model, out } = operands;
  const aim = chooseAim(given);
  await requireTargets({ ...options, out });
  const preparation = await requirePreparation(model, asStated(options), signal);
  const opened = await showing(output, signal, (work) => openImages({ ...options, ...work }));
  const headImages = await showing(output, signal, (work) =>
    openHeadImages({ ...options, ...work }, opened.images),
  );
  const { exits = ['auto'] } = options;
  const attached = await showing(output, signal, (work) =>
    attachToOnnx(model, {
      ...options,
      ...work,
      ...preparation,
      ...{ size: preparation.size, images: opened.images, labels: opened.labels, aim, headImages },
      classes: options.classes ?? opened.classes,
      exits: exits.join() === 'auto' ? 'auto' : exits,
      mirror: options.mirror ? undefined : false,
    }),
  );
  return finishAttached(attached, opened.images, { ...options, out }, { output, signal });
}
