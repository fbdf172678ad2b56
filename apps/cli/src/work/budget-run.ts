import type { Scaling } from '@earlyexit/calibration';
import { writeWholeFile } from '@earlyexit/core/node';
import { budgetCsv, budgetDocument, calibrateBudgets } from '@earlyexit/evaluation';
import { count, percent } from '../terminal/format';
import type { Output } from '../terminal/output';
import { showWork } from '../terminal/show-work';
import { type CalibrateAim, describeCalibrationAim } from './calibration-aim';
import type { CalibrationBench } from './calibration-bench';
import { budgetTable, confidenceTable } from './describe-calibration';

/**
 * `calibrate --budget`: the 39 budgets of MSDNet's protocol, thresholds and accuracies on the calibration split. A
 * curve is no choice, so that nothing is stored.
 */
export async function budgetRun(
  bench: CalibrationBench,
  options: {
    readonly argument: string;
    readonly aim: CalibrateAim;
    readonly scaling: Scaling;
    readonly curve: string | undefined;
  },
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { argument, aim, scaling, curve } = options;
  const { model, costs } = bench;
  const exitNames = model.metadata.exits.map(({ name }) => name);
  const found = calibrateBudgets(model, await bench.calibration(), { scaling }, showWork(output, signal));
  const { alone, cached, fits, points } = found;
  if (curve !== undefined) await writeWholeFile(curve, budgetCsv(points, exitNames, costs.staticMacs));

  output.json({
    ...budgetDocument(model, found, { dataset: bench.dataset, engine: bench.engine }),
    curve: curve ?? null,
    saved: null,
  });
  const [middle] = points.slice(points.length / 2);
  output.text(
    `${model.metadata.name} on ${bench.dataset}: ${count(cached.samples)} calibration images, criterion max-probability`,
    describeCalibrationAim(aim),
    '',
    ...(scaling === 'none' ? [] : [...confidenceTable(fits, output.colors), '']),
    ...budgetTable(points, exitNames, costs.staticMacs, output.colors),
    '',
    `the final exit alone is ${percent(alone.at(-1)?.top1 ?? null)} right; thresholds and accuracies are of the same calibration images`,
    ...(curve === undefined ? [] : [`written to ${curve}`]),
    'nothing was stored: a curve is no choice. To take a line of it:',
    `  earlyexit calibrate ${argument} --scaling ${scaling} --earlyexit ${(middle?.thresholds ?? []).map(String).join(' ')}`,
  );
}
