import { budgetedProtocol, eachExitAlone } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import { thresholdToJson } from '@earlyexit/exit-criteria';
import { count, percent } from '../terminal/format';
import type { Output } from '../terminal/output';
import { warnOfMissingClasses } from './calibrate-model';
import { type CalibrationAim, describeCalibrationAim, type Scaling } from './calibration-aim';
import type { CalibrationBench } from './calibration-bench';
import { checkCalibrationLogits } from './calibration-notes';
import { budgetCsv } from './curve-csv';
import { budgetTable, confidenceTable } from './describe-calibration';
import { applyFits, fitConfidence } from './fit-confidence';
import { writeWholeFile } from '@earlyexit/core/node';

/**
 * `calibrate --budget`: the 39 budgets of MSDNet's protocol, thresholds and accuracies on the calibration split. A
 * curve is no choice, so that nothing is stored.
 */
export async function budgetRun(
  bench: CalibrationBench,
  options: {
    readonly argument: string;
    readonly aim: CalibrationAim;
    readonly scaling: Scaling;
    readonly curve: string | undefined;
  },
  output: Output,
): Promise<void> {
  const { argument, aim, scaling, curve } = options;
  const { metadata } = bench.model;
  const { exitMacs, staticMacs } = bench.costs;
  const exitNames = metadata.exits.map(({ name }) => name);
  if (exitNames.length === 1) {
    throw new ArgumentError({
      where: '--budget',
      rule: 'budgets are spent at early exits',
      received: `${metadata.name}, which has none`,
    });
  }
  const { cached, sampleIds } = await bench.calibration();
  checkCalibrationLogits(cached, exitNames, sampleIds);
  warnOfMissingClasses(cached, metadata.classes, output);
  const fits = fitConfidence(cached, cached, exitNames, scaling);
  const temperatures = fits.map(({ temperature }) => temperature);
  const scaled = applyFits(cached, fits);
  const points = budgetedProtocol(scaled, scaled, { exitMacs, temperatures });
  if (curve !== undefined) await writeWholeFile(curve, budgetCsv(points, exitNames, staticMacs));
  const alone = eachExitAlone(cached, exitMacs);

  output.json({
    model: metadata.name,
    dataset: bench.dataset,
    split: 'calibration',
    samples: cached.samples,
    engine: bench.engine,
    criterion: 'max-probability',
    aim,
    scaling,
    temperatures,
    fits,
    exits: exitNames.map((name, exit) => ({ name, top1All: alone[exit]?.top1, macs: exitMacs[exit] })),
    static: { top1: alone.at(-1)?.top1, macs: staticMacs },
    budgets: points.map(({ thresholds, averageMacs, ...point }) => ({
      ...point,
      thresholds: thresholds.map(thresholdToJson),
      averageMacs,
      share: averageMacs / staticMacs,
    })),
    curve: curve ?? null,
    saved: null,
  });
  const [middle] = points.slice(points.length / 2);
  output.text(
    `${metadata.name} on ${bench.dataset}: ${count(cached.samples)} calibration images, criterion max-probability`,
    describeCalibrationAim(aim),
    '',
    ...(scaling === 'none' ? [] : [...confidenceTable(fits, output.colors), '']),
    ...budgetTable(points, exitNames, staticMacs, output.colors),
    '',
    `the final exit alone is ${percent(alone.at(-1)?.top1 ?? null)} right; thresholds and accuracies are of the same calibration images`,
    ...(curve === undefined ? [] : [`written to ${curve}`]),
    'nothing was stored: a curve is no choice. To take a line of it:',
    `  earlyexit calibrate ${argument} --scaling ${scaling} --earlyexit ${(middle?.thresholds ?? []).map(String).join(' ')}`,
  );
}
