import { neverLeave, storedPolicy } from '@earlyexit/exit-criteria';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { percent, shortMacs } from '../terminal/format';
import { datasetOptions, engineOptions } from '../options/common-schemas';
import { flag, listOf, text, wholeNumber } from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { writeReport } from '../report/write-report';
import { evaluatePolicy } from '@earlyexit/evaluation';
import { aboutTest } from './about-test';
import { describeEvaluation } from './evaluate-run';
import { evaluateCompared, loadCompared, resolveCompared } from './compared-networks';
import { modelOperand } from './operand';
import { requireReplaceable } from './require-replaceable';
import { requireWritable } from './require-writable';
import { openWorkbench } from './workbench';

const schema = z
  .object({
    ...engineOptions,
    ...datasetOptions,
    out: text(),
    compare: listOf(text()),
    force: flag(),
    seed: wholeNumber(0),
    batchSize: wholeNumber(),
  })
  .partial();

/** `earlyexit report`: evaluates a model and writes the report. */
export async function reportRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, invocation.options);
  const compare = await resolveCompared(options.compare ?? [], argument, options);
  const bench = await openWorkbench(argument, options, output, signal);
  const { reference, model, costs } = bench;
  const stored = storedPolicy(model.metadata);
  if (stored === null && model.metadata.exits.length > 1) {
    output.warn('the model is not calibrated: nobody leaves early. Run earlyexit calibrate first');
  }
  const policy = stored ?? neverLeave(model.metadata);
  const path = await reportPath(options.out ?? reference.runDirectory ?? reference.directory);
  await requireWritable(path);
  await requireReplaceable('--out', path, 'report', options.force);
  const others = await loadCompared(compare, bench);
  const calibration = await bench.logits('calibration');
  const test = await bench.logits('test');
  const evaluation = evaluatePolicy(test, policy, costs, aboutTest(bench));
  signal.throwIfAborted();
  const compared = await evaluateCompared(others, bench, {
    batchSize: options.batchSize,
    output,
    signal,
  });
  signal.throwIfAborted();
  const data = await writeReport(path, bench, { evaluation, policy, calibration, test, compared });
  const { evaluation: _, ...shown } = data;
  output.json({ ...evaluation, ...shown, report: path });
  output.text(
    ...describeEvaluation(evaluation, output),
    ...compared.map(
      ({ name, accuracy, averageMacs, share }) =>
        `${name}: ${percent(accuracy)} at ${shortMacs(averageMacs)} MACs, ${percent(share, 1)} of the cost of ${model.metadata.name}`,
    ),
    `report: ${path}`,
  );
  return undefined;
}

/** A folder stands for the report in it. */
async function reportPath(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  return isFolder ? join(path, 'report.html') : path;
}
