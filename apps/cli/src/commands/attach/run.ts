import { attachToOnnx } from '@earlyexit/attach';
import { writeWholeFile } from '@earlyexit/core/node';
import { openImages } from '@earlyexit/datasets';
import { describeAttached } from '../../attached/describe';
import { aimOf, preparationOf } from '../../attached/request';
import type { Invocation } from '../../command';
import { requireReplaceable } from '../../output-files/require-replaceable';
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
  const { images, labels, classes } = await openImages({ ...options, signal });
  const { exits = ['auto'], hidden, mirror, seed, thresholdsAs, layout } = options;
  const { file, report } = await showing(output, signal, (work) =>
    attachToOnnx(model, {
      ...work,
      ...preparation,
      layout,
      output: options.output,
      images,
      labels,
      classes: options.classes ?? classes,
      aim,
      exits: exits.join() === 'auto' ? 'auto' : exits,
      hidden,
      mirror,
      seed,
      thresholdsAs,
    }),
  );
  await writeWholeFile(out, file);
  const document = { file: out, bytes: file.length, ...report };
  output.json(document);
  output.text(...describeAttached(document, output.colors));
  return undefined;
}
