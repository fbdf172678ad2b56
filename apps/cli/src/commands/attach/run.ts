import { attachToOnnx } from '@earlyexit/attach';
import { ArgumentError } from '@earlyexit/core';
import { type OpenedImages, openImages } from '@earlyexit/datasets';
import { aimOf, preparationOf } from '../../attached/request';
import { writeAttached } from '../../attached/write-attached';
import { requireReplaceable } from '@earlyexit/runs';
import type { Invocation } from '../../command';
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
  const aim = aimOf(options, given);
  await requireReplaceable('OUT', out, 'onnx', options.force);
  const preparation = await preparationOf(model, options, signal);
  const { images, labels, classes } = await showing(output, signal, (work) =>
    openImages({ ...options, ...work }),
  );
  const heads = await openHeadImages(options, signal);
  const { exits = ['auto'] } = options;
  const attached = await showing(output, signal, (work) =>
    attachToOnnx(model, {
      ...options,
      ...work,
      ...preparation,
      ...{ images, labels, aim, size: preparation.size, headImages: heads?.images },
      classes: options.classes ?? classes,
      exits: exits.join() === 'auto' ? 'auto' : exits,
      mirror: options.mirror ? undefined : false,
    }),
  );
  return writeAttached(out, attached, { folder: options.staged, output });
}

/** The images that only heads learn from; null where none are named. */
async function openHeadImages(
  { headImages, headSplit, headLimit, dataset, dataDir, seed }: Invocation<typeof attach>['options'],
  signal: AbortSignal,
): Promise<OpenedImages | null> {
  if (headImages === undefined && headSplit === undefined) return null;
  if (headSplit !== undefined && (headImages !== undefined || dataset === undefined)) {
    throw new ArgumentError({
      where: '--head-split',
      rule: 'it names a part of a data set, in place of a folder',
      received: headImages === undefined ? 'no --dataset' : '--head-images too',
      remedy: 'Give --dataset, or --head-images alone',
    });
  }
  const place = headSplit === undefined ? { images: headImages } : { dataset, dataDir, split: headSplit };
  return openImages({ ...place, limit: headLimit, seed, signal });
}
