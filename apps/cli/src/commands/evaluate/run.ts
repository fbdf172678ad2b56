import type { SearchAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import type { Corruption } from '@earlyexit/datasets';
import {
  budgetCsv,
  budgetDocument,
  calibrateBudgets,
  checkThresholds,
  comparePolicies,
  evaluate as evaluateNetwork,
  evaluateCorruptions,
  evaluatePolicy,
  searchPolicy,
  temperaturesOf,
} from '@earlyexit/evaluation';
import {
  DEFAULT_CRITERION,
  type ExitPolicy,
  findPolicy,
  getCriterion,
  neverLeave,
  type PromisedPolicy,
} from '@earlyexit/exit-criteria';
import {
  asNetworkInput,
  type ExportedLocation,
  openEvaluationData,
  type SavedLocation,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { describeAim } from '../../describe/aim';
import { describeBudgets } from '../../describe/budgets';
import { describeEvaluation } from '../../describe/evaluation';
import { originalStatistics } from '../../describe/original-statistics';
import { chooseAim } from '../../model/choose-aim';
import { showing } from '../../terminal/show-work';
import { locateModel, requireTrained } from '../../model/locate-model';
import { openExported } from '../../model/open-exported';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { aboutTest, type EvaluationSetup, openEvaluationSetup } from '../../model/evaluation-setup';
import { parseCorruptions } from './corruptions';
import { describeComparison } from './describe-comparison';
import { describeCorrupted } from './describe-corrupted';
import { comparisonDocument } from './document';
import type { evaluate } from './options';

type EvaluateInvocation = Invocation<typeof evaluate>;

/** `earlyexit evaluate`: reads the test split once and says what the network does on it. */
export async function run(invocation: EvaluateInvocation): Promise<undefined> {
  const { operands, options } = invocation;
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
  if (corruptions !== null && (criterion === 'all' || (criterion && getCriterion(criterion).needsLabels))) {
    throw new ArgumentError({
      where: '--corrupt',
      rule: 'one policy that needs no labels is watched',
      received: `--criterion ${criterion}`,
      remedy: 'Name one of the other criteria, or leave --criterion out',
    });
  }
  checkBudget(invocation);
  const location = requireTrained(await locateModel(operands.model));
  if (location.kind !== 'saved') return evaluateExported(location, invocation);
  return evaluateSaved(location, invocation, { aim, corruptions });
}

async function evaluateSaved(
  location: SavedLocation,
  { operands, options, output, signal }: EvaluateInvocation,
  { aim, corruptions }: { readonly aim: SearchAim; readonly corruptions: readonly Corruption[] | null },
): Promise<undefined> {
  const { criterion, curve, earlyexit, force } = options;
  if (curve !== undefined) await requireReplaceable('--curve', curve, 'curve', force);
  const setup = await openEvaluationSetup(location, options, output, signal, ({ metadata }) => {
    const stored = metadata.policy?.criterion;
    if (criterion === 'all') requireEarlyExit(metadata);
    else if (earlyexit !== undefined)
      checkThresholds(metadata.exits, criterion ?? stored ?? DEFAULT_CRITERION, earlyexit);
    else if (criterion !== undefined && criterion !== stored && getCriterion(criterion).needsLabels) {
      throw new ArgumentError({
        where: '--criterion',
        rule: 'the oracle’s thresholds are given, not calibrated',
        received: criterion,
        remedy: 'Add --earlyexit with one threshold per early exit',
      });
    }
  });
  if (options.budget) return evaluateBudgets(setup, { operands, options, output });
  if (criterion === 'all') return compare(setup, aim, { output, signal });
  const policy = await choosePolicy(setup, { criterion, earlyexit, aim }, output);
  if (corruptions !== null) {
    const { clean, corrupted } = await spoil(setup, policy, corruptions, { ...options, output, signal });
    output.json({ ...clean, corrupted });
    output.text(
      ...describeEvaluation(clean, output),
      '',
      ...describeCorrupted(clean, corrupted, output.colors),
    );
    return undefined;
  }
  const document = evaluatePolicy(await setup.logits('test'), policy, setup.costs, aboutTest(setup));
  output.json(document);
  output.text(...describeEvaluation(document, output), '', ...originalStatistics(document));
  return undefined;
}

function requireEarlyExit({ name, exits }: EvaluationSetup['model']['metadata']): void {
  if (exits.length > 1) return;
  throw new ArgumentError({
    where: '--criterion',
    rule: 'criteria differ where there is an early exit',
    received: `${name}, which has none`,
  });
}

/** `--criterion all`: every policy at the same aim, thresholds from the calibration split. */
async function compare(
  setup: EvaluationSetup,
  aim: SearchAim,
  { output, signal }: Pick<EvaluateInvocation, 'output' | 'signal'>,
): Promise<undefined> {
  const { metadata } = setup.model;
  const calibration = await setup.logits('calibration');
  const temperatures = temperaturesOf(metadata, calibration);
  const test = await setup.logits('test');
  const { costs, data } = setup;
  const about = aboutTest(setup);
  const compared = await showing(output, signal, (work) =>
    comparePolicies({ calibration, test, temperatures, aim, costs, seed: data.seed, about }, work),
  );
  const document = comparisonDocument(compared, about, aim, test.samples);
  output.json(document);
  output.text(...describeComparison(document, output.colors));
  const crowded = metadata.exits.find((_, exit) =>
    compared.policies.every(({ exits }) => exits[exit]?.share === 1),
  );
  if (crowded !== undefined) {
    output.warn(
      `at this aim everybody leaves at ${crowded.name} under every policy: another --max-accuracy-drop or --target-macs tells them apart`,
    );
  }
  return undefined;
}

/** Refuses what `--budget` would ignore, and `--curve` without it. */
function checkBudget({ options, flags }: EvaluateInvocation): void {
  if (!options.budget) {
    if (options.curve === undefined) return;
    throw new ArgumentError({
      where: '--curve',
      rule: 'it takes the budgets of --budget',
      received: options.curve,
      remedy:
        'Add --budget; the frontier on the calibration images is written by earlyexit calibrate --curve',
    });
  }
  const other = [...flags].find((flag) =>
    /^--(criterion|earlyexit.*|max-accuracy-drop|target-macs|corrupt)$/.test(flag),
  );
  if (other === undefined) return;
  throw new ArgumentError({
    where: '--budget',
    rule: 'the protocol sets thresholds of its own, on largest probabilities',
    received: `--budget and ${other}`,
    remedy: `Leave ${other} out`,
  });
}

/** `--budget`: the budgeted protocol, measured on the test split. */
async function evaluateBudgets(
  setup: EvaluationSetup,
  { operands, options, output }: Pick<EvaluateInvocation, 'operands' | 'options' | 'output'>,
): Promise<undefined> {
  const { model, data, engine } = setup;
  const { name, exits, staticMacs } = model.metadata;
  const { curve } = options;
  const calibration = await setup.logits('calibration');
  const found = calibrateBudgets(model, { cached: calibration }, { test: await setup.logits('test') });
  const exitNames = exits.map((exit) => exit.name);
  if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.points, exitNames, staticMacs));
  const { dataset } = data;
  const document = budgetDocument(model, found, { dataset, engine: engine.name });
  output.json({ ...document, curve: curve ?? null });
  const about = { argument: operands.model, model: name, dataset, exitNames, staticMacs, curve };
  output.text(...describeBudgets(found, { ...about, confidence: [], colors: output.colors }));
  return undefined;
}

/** `--corrupt`: the test images as they are, and spoilt. */
async function spoil(
  setup: EvaluationSetup,
  policy: ExitPolicy,
  corruptions: readonly Corruption[],
  {
    batchSize,
    output,
    signal,
  }: Pick<EvaluateInvocation, 'output' | 'signal'> & { readonly batchSize?: number | undefined },
): ReturnType<typeof evaluateCorruptions> {
  const { model, source, splits, data } = setup;
  const { mean, standardDeviation } = source;
  const { test: images } = splits;
  const calibration = await setup.logits('calibration');
  const test = await setup.logits('test');
  return showing(output, signal, (work) =>
    evaluateCorruptions(model, {
      ...work,
      ...{ policy, corruptions, batchSize, calibration, test, images },
      preprocessing: model.metadata.preprocessing ?? {
        inputShape: images.imageShape,
        mean,
        standardDeviation,
      },
      seed: data.seed,
      about: aboutTest(setup),
    }),
  );
}

/** The policy to evaluate: as given, as calibrated, or searched for on the calibration split. */
async function choosePolicy(
  setup: EvaluationSetup,
  asked: {
    readonly criterion: ExitPolicy['criterion'] | undefined;
    readonly earlyexit: ExitPolicy['thresholds'] | undefined;
    readonly aim: SearchAim;
  },
  output: EvaluateInvocation['output'],
): Promise<PromisedPolicy> {
  const { metadata } = setup.model;
  const { aim } = asked;
  const { thresholds, ...found } = findPolicy(metadata, {
    criterion: asked.criterion,
    thresholds: asked.earlyexit,
  });
  const { criterion } = found;
  if (thresholds !== null) return { ...found, thresholds };
  if (asked.criterion === undefined) {
    output.warn(
      'the model is not calibrated: nobody leaves early. Run earlyexit calibrate first, or give --earlyexit',
    );
    return neverLeave(metadata);
  }
  output.note(`thresholds of ${criterion} are searched for on the calibration split: ${describeAim(aim)}`);
  return searchPolicy(setup.model, await setup.logits('calibration'), { criterion, aim });
}

/** The same for an exported network. */
async function evaluateExported(
  location: ExportedLocation,
  { options, output, signal }: EvaluateInvocation,
): Promise<undefined> {
  const { criterion, maxAccuracyDrop, targetMacs, batchSize, budget, corrupt } = options;
  if (corrupt !== undefined) {
    throw new ArgumentError({
      where: '--corrupt',
      rule: 'a shift is seen by comparing with the calibration images, which an exported network does not remember',
      received: location.path,
      remedy: 'Give the run folder that it was exported from',
    });
  }
  if (budget || criterion === 'all' || (maxAccuracyDrop ?? targetMacs) !== undefined) {
    const aims = '--max-accuracy-drop, --target-macs';
    throw new ArgumentError({
      where: budget ? '--budget' : criterion === 'all' ? '--criterion' : aims,
      rule:
        location.kind === 'staged'
          ? 'thresholds are searched for on a network, and not on its exported stages'
          : 'an .onnx file has its criterion built in, and thresholds are searched for on a network',
      remedy: 'Give the run folder that it was exported from, or leave this out',
    });
  }
  const network = await openExported(location, { ...options, criterion }, output, signal);
  try {
    const { metadata } = network.session;
    const subject = { model: { metadata }, config: null, runDirectory: null };
    const { dataset, dataDir, download, seed, skipBroken } = options;
    const { settings, source, splits } = await showing(output, signal, (work) =>
      openEvaluationData(subject, { dataset, dataDir, download, seed, skipBroken, ...work }),
    );
    const samples = asNetworkInput(splits.test, source, metadata);
    const about = { dataset: settings.dataset, engine: network.engine, batchSize };
    const document = await showing(output, signal, (work) =>
      evaluateNetwork(network, samples, { ...about, ...work }),
    );
    output.json(document);
    output.text(...describeEvaluation(document, output), '', ...originalStatistics(document));
  } finally {
    network.session.dispose();
  }
  return undefined;
}
