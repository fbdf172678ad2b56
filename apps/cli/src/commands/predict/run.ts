import { plural } from '@earlyexit/core/format';
import { type Classification, classifyImages, collectImages } from '@earlyexit/evaluation';
import { criterionWithoutLabels, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { locateModel, requireTrained } from '../../model/locate-model';
import { openFile, openSaved } from '../../model/open-classifier';
import { describeAnswer } from './describe';
import type { predict } from './options';

/** `earlyexit predict`: classifies images. */
export async function run(invocation: Invocation<typeof predict>): Promise<number> {
  const { operands, options, output, signal, surroundings } = invocation;
  criterionWithoutLabels(options.criterion ?? DEFAULT_CRITERION, 'predict');
  const location = requireTrained(await locateModel(operands.model));
  const inputs = await collectImages(operands.files, surroundings.stdin);
  const opened =
    location.kind === 'saved' ? await openSaved(location, invocation) : await openFile(location, invocation);
  const { session, watch, reject } = opened;
  const { batchSize } = options;
  const how = { batchSize, invert: opened.invert, recheck: watch?.recheck, reject, signal };
  const predictions: Classification[] = [];
  const line = output.progress('images');
  try {
    for await (const prediction of classifyImages(opened, inputs, how)) {
      predictions.push(prediction);
      if (prediction.error !== undefined) output.warn(prediction.error);
      else output.text(describeAnswer(prediction));
      watch?.observe(prediction);
      line.update(predictions.length, inputs.length);
    }
    watch?.finish();
  } finally {
    line.done();
    session.dispose();
  }
  output.json(predictions);
  const failed = predictions.filter(({ error }) => error !== undefined).length;
  if (failed === 0) return exitCode.done;
  output.warn(`${plural(failed, 'image')} of ${String(predictions.length)} could not be classified`);
  return exitCode.failed;
}
