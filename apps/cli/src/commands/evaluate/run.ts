import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { type Corruption, parseCorruptions } from '@earlyexit/datasets';
import {
  budgetCsv,
  checkAskedPolicy,
  chooseSearchAim,
  type ComparisonDocument,
  type EvaluationDocument,
} from '@earlyexit/evaluation';
import { findPolicy, getCriterion } from '@earlyexit/exit-criteria';
import {
  compareRun,
  evaluateCorruptedRun,
  evaluateExported,
  evaluateRun,
  type ExportedLocation,
  requireEarlyExit,
  type SavedLocation,
  budgetsOnTest,
  requireReplaceable,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { describeBudgets } from '../../describe/budgets';
import { describeEvaluation } from '../../describe/evaluation';
import { originalStatistics } from '../../describe/original-statistics';
import { showingImages } from '../../describe/ran-images';
import { locateModel, requireTrained } from '../../model/locate-model';
import { openExported } from '../../model/open-exported';
import { openTrained } from '../../model/open-trained';
import { refuseTogether } from '../../options/refuse-together';
import { showing } from '../../terminal/show-work';
import { describeComparison } from './describe-comparison';
import { describeCorrupted } from './describe-corrupted';
import { evaluate as declaration } from './options';

type EvaluateInvocation = Invocation<typeof declaration>;

/** `earlyexit evaluate`: reads the test split once and says what the network does on it. */
export async function run(invocation: EvaluateInvocation): Promise<undefined> {
  const { operands, options } = invocation;
  const { curve, force } = options;
  const aim = chooseSearchAim(options);
  const corruptions = options.corrupt === undefined ? null : parseCorruptions(options.corrupt);
  checkTogether(invocation);
  const location = requireTrained(await locateModel(operands.model));
  if (location.kind !== 'saved') return evaluateFile(location, invocation);
  if (curve !== undefined) await requireReplaceable('--curve', curve, 'curve', force);
  return evaluateSaved(location, invocation, { aim, corruptions });
}

async function evaluateSaved(
  location: SavedLocation,
  invocation: EvaluateInvocation,
  {
    aim,
    corruptions,
  }: { readonly aim: ReturnType<typeof chooseSearchAim>; readonly corruptions: Corruption[] | null },
): Promise<undefined> {
  const { operands, options, output } = invocation;
  const { budget, criterion, curve, earlyexit: thresholds } = options;
  const asked = { criterion: criterion === 'all' ? undefined : criterion, thresholds };
  const opened = await openTrained(location, options, invocation, (metadata) => {
    if (criterion === 'all') requireEarlyExit(metadata);
    else checkAskedPolicy(metadata, asked);
  });
  if (budget) {
    const found = await showingImages(invocation, (work) => budgetsOnTest(opened, work));
    if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.curve.points, found.metadata));
    output.json({ ...found.document, curve: curve ?? null });
    output.text(...describeBudgets(found, { argument: operands.model, curve, colors: output.colors }));
    return undefined;
  }
  if (criterion === 'all') {
    const document = await showingImages(invocation, (work) => compareRun(opened, { aim }, work));
    output.json(document);
    output.text(...describeComparison(document, output.colors));
    warnCrowded(document, output);
    return undefined;
  }
  if (criterion === undefined && findPolicy(opened.model.metadata, asked).thresholds === null) {
    output.warn(
      'the model is not calibrated: nobody leaves early. Run earlyexit calibrate first, or give --earlyexit',
    );
  }
  if (corruptions === null) {
    const evaluating = showingImages(invocation, (work) => evaluateRun(opened, { ...asked, aim }, work));
    showEvaluation(await evaluating, output);
    return undefined;
  }
  const { clean, corrupted } = await showingImages(invocation, (work) =>
    evaluateCorruptedRun(opened, { ...asked, aim, corruptions }, work),
  );
  output.json({ ...clean, corrupted });
  output.text(
    ...describeEvaluation(clean, output),
    '',
    ...describeCorrupted(clean, corrupted, output.colors),
  );
  return undefined;
}

function showEvaluation(document: EvaluationDocument, output: EvaluateInvocation['output']): void {
  output.json(document);
  output.text(...describeEvaluation(document, output), '', ...originalStatistics(document));
}

/** Where everybody leaves at one exit whatever the policy, the table tells nothing. */
function warnCrowded(
  { criteria, oracleRule }: ComparisonDocument,
  output: EvaluateInvocation['output'],
): void {
  const crowded = oracleRule.exits.find((_, exit) => criteria.every(({ exits }) => exits[exit]?.share === 1));
  if (crowded === undefined) return;
  output.warn(
    `at this aim everybody leaves at ${crowded.name} under every policy: another --max-accuracy-drop or --target-macs tells them apart`,
  );
}

/** Refuses options that do not belong together. */
function checkTogether({ options, given }: EvaluateInvocation): void {
  const { budget, corrupt, criterion, curve, earlyexit } = options;
  if (criterion === 'all' && earlyexit !== undefined) {
    throw new ArgumentError({
      where: '--earlyexit',
      rule: 'each criterion has thresholds of its own, which --criterion all searches for',
      received: earlyexit.join(' '),
      remedy: 'Leave --earlyexit out, or name one criterion',
    });
  }
  if (corrupt !== undefined && (criterion === 'all' || (criterion && getCriterion(criterion).needsLabels))) {
    throw new ArgumentError({
      where: '--corrupt',
      rule: 'one policy that needs no labels is watched',
      received: `--criterion ${criterion}`,
      remedy: 'Name one of the other criteria, or leave --criterion out',
    });
  }
  if (!budget && curve !== undefined) {
    throw new ArgumentError({
      where: '--curve',
      rule: 'it takes the budgets of --budget',
      received: curve,
      remedy:
        'Add --budget; the frontier on the calibration images is written by earlyexit calibrate --curve',
    });
  }
  refuseTogether(given, declaration.options, [
    [
      'budget',
      ['criterion', 'earlyexit', 'maxAccuracyDrop', 'targetMacs', 'corrupt'],
      'the protocol sets thresholds of its own, on largest probabilities',
    ],
  ]);
}

/** The same for an exported network. */
async function evaluateFile(
  location: ExportedLocation,
  { options, output, signal }: EvaluateInvocation,
): Promise<undefined> {
  const { criterion, maxAccuracyDrop, targetMacs, batchSize, budget, corrupt, energyModel } = options;
  const remedy = 'Give the run folder that it was exported from';
  const refuse = (where: string, rule: string): never => {
    throw new ArgumentError({ where, rule, received: location.path, remedy });
  };
  if (corrupt !== undefined) {
    refuse(
      '--corrupt',
      'a shift is seen by comparing with the calibration images, which an exported network does not remember',
    );
  }
  if (energyModel !== undefined) {
    refuse('--energy-model', 'energy is estimated for layers, which an exported network no longer has');
  }
  if (budget || criterion === 'all' || (maxAccuracyDrop ?? targetMacs) !== undefined) {
    const aims = '--max-accuracy-drop, --target-macs';
    throw new ArgumentError({
      where: budget ? '--budget' : criterion === 'all' ? '--criterion' : aims,
      rule:
        location.kind === 'staged'
          ? 'thresholds are searched for on a network, and not on its exported stages'
          : 'an .onnx file has its criterion built in, and thresholds are searched for on a network',
      remedy: `${remedy}, or leave this out`,
    });
  }
  const network = await openExported(location, { ...options, criterion }, output, signal);
  try {
    const { dataset, dataDir, download, seed, skipBroken } = options;
    const data = { dataset, dataDir, download, seed, skipBroken };
    const document = await showing(output, signal, (work) =>
      evaluateExported(network, { ...data, batchSize, engine: network.engine, ...work }),
    );
    showEvaluation(document, output);
  } finally {
    network.session.dispose();
  }
  return undefined;
}
