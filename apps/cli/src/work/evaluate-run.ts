import { fitTemperatures, type SearchAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import {
  type CriterionName,
  criterionNames,
  DEFAULT_CRITERION,
  type ExitPolicy,
  getCriterion,
  neverLeave,
  storedPolicy,
} from '@earlyexit/exit-criteria';
import type { Corruption } from '@earlyexit/datasets';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { count, percent, shortMacs } from '../terminal/format';
import { datasetOptions, engineOptions } from '../options/common-schemas';
import {
  engineOrRuntime,
  listOf,
  numberBetween,
  oneOf,
  text,
  threshold,
  wholeNumber,
} from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { renameSpellings } from '../options/train-options';
import type { Output } from '../terminal/output';
import { formatTable } from '../terminal/table';
import {
  checkThresholds,
  type EvaluationDocument,
  evaluatePolicy,
  evaluateSession,
} from '@earlyexit/evaluation';
import { showWork } from '../terminal/show-work';
import { aboutTest } from './about-test';
import { percentInterval, pointsInterval, ratioInterval } from '../describe/intervals';
import { describeMeasuredPromise } from '../describe/promise';
import { showThreshold } from '../commands/calibrate/describe';
import { compareRun } from './compare-run';
import { parseCorruptions } from './corruptions';
import { type ExportedReference, findExported } from './model-argument';
import { openOnnxModel } from './onnx-model';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from './open-data';
import { originalStatistics } from './original-statistics';
import { modelOperand } from './operand';
import { chooseAim, describeAim, searchPolicy } from './policy';
import { openWorkbench, type Workbench } from './workbench';

const schema = z
  .object({
    ...engineOptions,
    engine: engineOrRuntime(),
    ...datasetOptions,
    criterion: oneOf([...criterionNames, 'all']),
    earlyexit: listOf(threshold()),
    maxAccuracyDrop: numberBetween(0, 100),
    targetMacs: numberBetween(0, 1),
    corrupt: listOf(text()),
    seed: wholeNumber(0),
    batchSize: wholeNumber(),
  })
  .partial();

/** `earlyexit evaluate`: reads the test split once and says what the network does on it. */
export async function evaluateRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, renameSpellings(invocation.options));
  const { criterion, earlyexit } = options;
  const aim = chooseAim(options);
  if (criterion === 'all' && earlyexit !== undefined) {
    throw new ArgumentError({
      where: '--earlyexit',
      rule: 'each criterion has thresholds of its own, which --criterion all searches for',
      received: earlyexit.join(' '),
      remedy: 'Leave --earlyexit out, or name one criterion',
    });
  }
  const corruptions = options.corrupt === undefined ? null : parseCorruptions(options.corrupt);
  if (corruptions !== null) refuseCorrupt(criterion);
  const file = await findExported(argument);
  if (file !== null) return evaluateFile(file, options, invocation);
  const bench = await openWorkbench(
    argument,
    options,
    output,
    signal,
    ({ metadata }) => {
      const stored = metadata.policy?.criterion;
      if (criterion === 'all') return;
      if (earlyexit !== undefined)
        checkThresholds(metadata.exits, criterion ?? stored ?? DEFAULT_CRITERION, earlyexit);
      else if (criterion !== undefined && criterion !== stored && getCriterion(criterion).needsLabels) {
        throw new ArgumentError({
          where: '--criterion',
          rule: 'the oracle’s thresholds are given, not calibrated',
          received: criterion,
          remedy: 'Add --earlyexit with one threshold per early exit',
        });
      }
    },
    true,
  );
  if (criterion === 'all') {
    await compareRun(bench, aim, output, signal);
    return undefined;
  }
  const policy = await choosePolicy(bench, { criterion, earlyexit, aim }, output);
  if (corruptions !== null) {
    await corruptTest(bench, policy, corruptions, { ...options, output, signal });
    return undefined;
  }
  const document = await evaluateOnTest(bench, policy);
  output.json(document);
  output.text(...describeEvaluation(document, output), '', ...originalStatistics(document));
  return undefined;
}

/** The same for an exported network. */
async function evaluateFile(
  file: ExportedReference,
  options: z.output<typeof schema>,
  { output, signal }: Invocation,
): Promise<undefined> {
  const { criterion, maxAccuracyDrop, targetMacs, batchSize, corrupt } = options;
  if (corrupt !== undefined) {
    throw new ArgumentError({
      where: '--corrupt',
      rule: 'a shift is seen by comparing with the calibration images, which an exported network does not remember',
      received: file.path,
      remedy: 'Give the run folder that it was exported from',
    });
  }
  if (criterion === 'all' || (maxAccuracyDrop ?? targetMacs) !== undefined) {
    throw new ArgumentError({
      where: criterion === 'all' ? '--criterion' : '--max-accuracy-drop, --target-macs',
      rule:
        file.kind === 'staged'
          ? 'thresholds are searched for on a network, and not on its exported stages'
          : 'an .onnx file has its criterion built in, and thresholds are searched for on a network',
      remedy: 'Give the run folder that it was exported from, or leave this out',
    });
  }
  const data = await resolveDataSettings(options, null);
  const model = await openOnnxModel(file, { ...options, criterion }, output, signal);
  try {
    const { metadata } = model.session;
    const { source, splits } = await openData(
      { ...data, download: options.download, imageShape: metadata.preprocessing?.inputShape },
      output,
      signal,
    );
    await checkClasses(metadata, source);
    const samples = await asNetworkInput(splits.test, source, metadata);
    const work = showWork(output, signal);
    const { dataset } = data;
    const document = await evaluateSession(model, samples, {
      ...work,
      dataset,
      engine: model.engine,
      batchSize,
    });
    work.end();
    output.json(document);
    output.text(...describeEvaluation(document, output), '', ...originalStatistics(document));
  } finally {
    model.session.dispose();
  }
  return undefined;
}

/** Refuses criteria that `--corrupt` has no use for. */
function refuseCorrupt(criterion: CriterionName | 'all' | undefined): void {
  if (criterion === undefined || (criterion !== 'all' && !getCriterion(criterion).needsLabels)) return;
  throw new ArgumentError({
    where: '--corrupt',
    rule: 'one policy that needs no labels is watched',
    received: `--criterion ${criterion}`,
    remedy: 'Name one of the other criteria, or leave --criterion out',
  });
}

/** `--corrupt`: the test images as they are, and spoilt. */
async function corruptTest(
  bench: Workbench,
  policy: ExitPolicy,
  corruptions: readonly Corruption[],
  options: {
    readonly batchSize?: number | undefined;
    readonly output: Output;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { describeCorrupted, evaluateCorrupted } = await import('./corrupt-run');
  const { output } = options;
  const { clean, corrupted } = await evaluateCorrupted(bench, policy, corruptions, options);
  output.json({ ...clean, corrupted });
  output.text(...describeEvaluation(clean, output), '', ...describeCorrupted(clean, corrupted, output));
}

/** Runs the test split and evaluates a policy on it. */
async function evaluateOnTest(bench: Workbench, policy: ExitPolicy): Promise<EvaluationDocument> {
  return evaluatePolicy(await bench.logits('test'), policy, bench.costs, aboutTest(bench));
}

/** The policy to evaluate: as given, as calibrated, or searched for on the calibration split. */
async function choosePolicy(
  bench: Workbench,
  asked: {
    readonly criterion: CriterionName | undefined;
    readonly earlyexit: ExitPolicy['thresholds'] | undefined;
    readonly aim: SearchAim;
  },
  output: Output,
): Promise<ExitPolicy> {
  const { metadata } = bench.model;
  const stored = storedPolicy(metadata);
  const criterion = asked.criterion ?? stored?.criterion ?? DEFAULT_CRITERION;
  const temperatures = stored?.temperatures === undefined ? {} : { temperatures: stored.temperatures };
  if (asked.earlyexit !== undefined) return { criterion, thresholds: asked.earlyexit, ...temperatures };
  if (stored?.criterion === criterion) return stored;
  if (metadata.exits.length === 1) return neverLeave(metadata);
  if (asked.criterion === undefined) {
    output.warn(
      'the model is not calibrated: nobody leaves early. Run earlyexit calibrate first, or give --earlyexit',
    );
    return neverLeave(metadata);
  }
  output.note(
    `thresholds of ${criterion} are searched for on the calibration split: ${describeAim(asked.aim)}`,
  );
  const cached = await bench.logits('calibration');
  const fitted = stored?.temperatures ?? fitTemperatures(cached);
  const { thresholds } = await searchPolicy(cached, {
    criterion,
    temperatures: fitted,
    costs: bench.costs,
    aim: asked.aim,
  });
  return { criterion, thresholds, temperatures: fitted };
}

/** An evaluation as text. */
export function describeEvaluation(document: EvaluationDocument, output: Output): string[] {
  const { exits, thresholds } = document;
  const staticMacs = document.static.macs ?? 0;
  const { rule } = getCriterion(document.criterion);
  const drop = document.static.top1 === null ? null : document.static.top1 - (document.top1 ?? 0);
  const share = (macs: number | null): string => (macs === null ? '–' : percent(macs / staticMacs, 1));
  return [
    `${document.model} on ${document.dataset}: ${count(document.samples)} test images, engine ${document.engine}, criterion ${document.criterion} (leaves when ${rule})`,
    '',
    ...formatTable(
      [
        { title: 'exit' },
        { title: 'threshold', align: 'right' },
        { title: 'taken', align: 'right' },
        { title: 'share', align: 'right' },
        { title: 'right', align: 'right' },
        { title: 'right if all left here', align: 'right' },
        { title: 'MACs', align: 'right' },
        { title: 'of the plain network', align: 'right' },
      ],
      [
        ...exits.map(({ name, taken, share: left, top1, top1All, macs }, exit) => [
          name,
          showThreshold(thresholds[exit]),
          count(taken),
          percent(left, 1),
          percent(top1),
          percent(top1All),
          shortMacs(macs),
          share(macs),
        ]),
        [
          'in all',
          '',
          count(document.samples),
          '',
          percent(document.top1),
          '',
          shortMacs(document.averageMacs),
          share(document.averageMacs),
        ],
        [
          'without exits',
          '',
          '',
          '',
          percent(document.static.top1),
          '',
          shortMacs(staticMacs),
          share(staticMacs),
        ],
      ],
      output.colors,
    ),
    '',
    `${output.colors.bold(`${(document.macsRatio ?? 1).toFixed(2)}× fewer MACs`)} on average${drop === null ? '' : `, ${Math.abs(drop * 100).toFixed(2)} points ${drop >= 0 ? 'below' : 'above'} the network without exits`}`,
    ...describeIntervals(document),
    `calibration error ${percent(document.expectedCalibrationError)}` +
      (document.oracle === null
        ? ''
        : `; the best that is possible with these exits: ${percent(document.oracle.top1)} at ${shortMacs(document.oracle.averageMacs)} MACs`),
    ...(document.promise === undefined ? [] : [describeMeasuredPromise(document.promise, document.samples)]),
  ];
}

/** How sure the figures are, in a line. */
function describeIntervals({ intervals }: EvaluationDocument): string[] {
  if (intervals === undefined) return [];
  const { confidence, top1, accuracyDrop, macsRatio, expectedCalibrationError } = intervals;
  const words = [
    ...(top1 === null ? [] : [`${percentInterval(top1)} right`]),
    ...(accuracyDrop === null ? [] : [pointsInterval(accuracyDrop)]),
    ...(macsRatio === null ? [] : [`${ratioInterval(macsRatio)} fewer MACs`]),
    ...(expectedCalibrationError === null
      ? []
      : [`calibration error ${percentInterval(expectedCalibrationError)}`]),
  ];
  return words.length === 0 ? [] : [`${percent(confidence, 0)} intervals: ${words.join(', ')}`];
}
