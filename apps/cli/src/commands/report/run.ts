import { join } from 'node:path';
import { kindOfPath, writeWholeFile } from '@earlyexit/core/node';
import { collectReport } from '@earlyexit/evaluation';
import { encodeExamples, renderReport } from '@earlyexit/report';
import { loadComparable, requireComparable, type SavedLocation } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { locateNetwork, requireTrained } from '../../model/locate-model';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { openEvaluationSetup } from '../../model/evaluation-setup';
import { comparedLogits } from './compared-logits';
import { describeReport } from './describe';
import { reportDocument } from './document';
import type { report } from './options';

/** `earlyexit report`: evaluates a network and writes the report. */
export async function run(invocation: Invocation<typeof report>): Promise<undefined> {
  const { operands, options, output, signal } = invocation;
  const own = await findTrained(operands.model);
  const others = await Promise.all((options.compare ?? []).map(findTrained));
  await requireComparable(others, own, options);
  const path = await reportPath(options.out ?? own.runDirectory ?? own.directory);
  await requireReplaceable('--out', path, 'report', options.force);
  const setup = await openEvaluationSetup(own, options, output, signal);
  const { model, source, splits } = setup;
  if (model.metadata.policy === null && model.metadata.exits.length > 1) {
    output.warn('the model is not calibrated: nobody leaves early. Run earlyexit calibrate first');
  }
  const loaded = await loadComparable(others, source);
  const data = collectReport(model, {
    calibration: await setup.logits('calibration'),
    test: await setup.logits('test'),
    dataset: setup.data.dataset,
    engine: setup.engine.name,
    compared: await comparedLogits(loaded, setup, options, { output, signal }),
  });
  await writeWholeFile(path, renderReport(data, await encodeExamples(data, splits.test)));
  output.json(reportDocument(data, path));
  output.text(...describeReport(data, path, output));
  return undefined;
}

async function findTrained(argument: string): Promise<SavedLocation> {
  return requireTrained(await locateNetwork(argument));
}

/** A folder stands for the report in it. */
async function reportPath(path: string): Promise<string> {
  return (await kindOfPath(path)) === 'folder' ? join(path, 'report.html') : path;
}
