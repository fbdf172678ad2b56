import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ThresholdChoice } from '@earlyexit/calibration';
import { ArgumentError, getCriterion, type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { count, percent, shortMacs } from '../format';
import { datasetOptions, engineOptions } from '../options/common-schemas';
import { criterion, listOf, numberBetween, text, threshold, wholeNumber } from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { renameSpellings } from '../options/train-options';
import { formatTable } from '../table';
import { modelOperand } from './operand';
import { calibrateModel, storePolicy } from './calibrate-model';
import { checkThresholds } from './check-thresholds';
import { chooseAim, DEFAULT_CRITERION, describeAim, refuseOracle } from './policy';
import { requireWritable } from './require-writable';
import { openWorkbench } from './workbench';

const schema = z
  .object({
    ...engineOptions,
    ...datasetOptions,
    criterion: criterion(),
    maxAccuracyDrop: numberBetween(0, 100),
    targetMacs: numberBetween(0, 1),
    earlyexit: listOf(threshold()),
    curve: text(),
    seed: wholeNumber(0),
    batchSize: wholeNumber(),
  })
  .partial();

/** `earlyexit calibrate`: fits temperatures, finds thresholds, stores both in the model. */
export async function calibrateRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, renameSpellings(invocation.options));
  const name = options.criterion ?? DEFAULT_CRITERION;
  refuseOracle(name, 'Calibrate another criterion');
  const aim = chooseAim(options);
  const { earlyexit } = options;
  if (earlyexit !== undefined && (options.maxAccuracyDrop ?? options.targetMacs) !== undefined) {
    throw new ArgumentError({
      where: '--earlyexit',
      rule: 'thresholds are either given or searched for',
      received: 'thresholds and an aim',
      remedy: 'Leave one of them out',
    });
  }
  const bench = await openWorkbench(argument, options, output, signal, ({ metadata }) => {
    if (earlyexit !== undefined) checkThresholds(metadata.exits, name, earlyexit);
  });
  await requireWritable(bench.reference.directory);
  if (options.curve !== undefined) await requireWritable(options.curve);
  const { metadata } = bench.model;
  const calibration = await calibrateModel(bench, { criterion: name, aim, thresholds: earlyexit }, output);
  const { cached, fits, policy, searched, summary } = calibration;
  const { thresholds, temperatures } = policy;
  signal.throwIfAborted();

  if (options.curve !== undefined) {
    await mkdir(dirname(options.curve), { recursive: true });
    await writeFile(
      options.curve,
      curveCsv(
        searched?.frontier ?? [],
        metadata.exits.slice(0, -1).map((exit) => exit.name),
        bench.costs.staticMacs,
      ),
    );
  }
  await storePolicy(bench, policy);

  output.json({
    model: metadata.name,
    dataset: bench.data.dataset,
    split: 'calibration',
    samples: cached.samples,
    engine: bench.engine.name,
    criterion: name,
    aim: earlyexit === undefined ? aim : null,
    thresholds: thresholds.map(thresholdToJson),
    temperatures,
    fits,
    exits: summary.exits.map(({ taken, share, top1, top1All, macs }, exit) => ({
      name: metadata.exits[exit]?.name,
      taken,
      share,
      top1,
      top1All,
      macs,
    })),
    top1: summary.top1,
    static: summary.static,
    averageMacs: summary.averageMacs,
    macsRatio: summary.macsRatio,
    exact: searched?.exact ?? null,
    guarantee: searched?.guarantee ?? null,
    curve: options.curve ?? null,
    saved: bench.reference.directory,
  });
  const { rule } = getCriterion(name);
  output.text(
    `${metadata.name} on ${bench.data.dataset}: ${count(cached.samples)} calibration images, criterion ${name} (leaves when ${rule})`,
    earlyexit === undefined ? `aim: ${describeAim(aim)}` : 'thresholds as given',
    '',
    ...formatTable(
      [
        { title: 'exit' },
        { title: 'threshold', align: 'right' },
        { title: 'temperature', align: 'right' },
        { title: 'calibration error', align: 'right' },
        { title: 'taken', align: 'right' },
        { title: 'right', align: 'right' },
        { title: 'MACs', align: 'right' },
      ],
      fits.map((fit, exit) => [
        fit.exit,
        showThreshold(thresholds[exit]),
        fit.temperature.toFixed(4),
        `${percent(fit.calibrationErrorBefore)} → ${percent(fit.calibrationErrorAfter)}`,
        percent(summary.exits[exit]?.share ?? 0, 1),
        percent(summary.exits[exit]?.top1 ?? null),
        shortMacs(summary.exits[exit]?.macs ?? null),
      ]),
      output.colors,
    ),
    '',
    `in all ${percent(summary.top1)} right (final exit alone ${percent(summary.static.top1)}), ${shortMacs(summary.averageMacs)} MACs on average: ${(summary.macsRatio ?? 1).toFixed(2)}× fewer than the plain network`,
    ...(searched === null ? [] : [`${searched.guarantee}.`]),
    `stored in ${bench.reference.directory}; next: earlyexit evaluate ${argument}`,
  );
  return undefined;
}

/** A threshold for people; the final exit has none. */
export function showThreshold(value: Threshold | null | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toPrecision(6) : (value ?? 'never');
}

function curveCsv(
  frontier: readonly ThresholdChoice[],
  exitNames: readonly string[],
  staticMacs: number,
): string {
  const header = [...exitNames.map((name) => `threshold_${name}`), 'accuracy', 'averageMacs', 'share'];
  const lines = frontier.map(({ thresholds, accuracy, averageMacs }) => [
    ...thresholds.map((value) => thresholdToJson(value) ?? 'never'),
    accuracy,
    averageMacs,
    averageMacs / staticMacs,
  ]);
  return [header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}
