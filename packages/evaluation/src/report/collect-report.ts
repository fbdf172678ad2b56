import {
  calibrationErrorOf,
  comparePaired,
  eachExitAlone,
  type PolicyOutcome,
  randomExitAccuracy,
  randomExits,
  reliability,
} from '@earlyexit/calibration';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { version } from '@earlyexit/core';
import type { EnergyEstimate } from '@earlyexit/profiler';
import {
  type CachedLogits,
  costsOf,
  type ExitCosts,
  neverLeave,
  simulate,
  storedPolicy,
} from '@earlyexit/exit-criteria';
import { policyOutcome } from '../compare/policy-outcome';
import { INTERVAL_CONFIDENCE } from '../evaluate/evaluation-intervals';
import { correctOf, evaluatePolicy } from '../evaluate/evaluate-policy';
import { compareNetworks, type NetworkToCompare } from './compare-networks';
import { confusionCells } from './confusion-cells';
import { curvePoint, curvePoints } from './report-curve';
import type { Reliability, ReportData } from './report-data';
import { chooseExamples } from './report-examples';

/** The input of a report. */
export interface ReportSources {
  /**
   * The logits of the calibration split, on which thresholds are searched: `splitLogits` of `@earlyexit/runs`. Null where
   * there are none, as for an exported network: then the report has no curve.
   */
  readonly calibration: CachedLogits | null;
  /** Those of the test split, with labels; nothing may have been fitted on it. */
  readonly test: CachedLogits;
  /** The name of the data set and the engine that computed the logits, for the report. */
  readonly dataset: string;
  readonly engine: string;
  /** What leaving at each exit takes by an energy model; left out of the report unless given. */
  readonly energy?: EnergyEstimate | undefined;
  /** Other networks on the same test images; none unless given. */
  readonly compared?: readonly NetworkToCompare[] | undefined;
}

/**
 * Computes everything that a report shows about a network under its stored policy; without one no sample leaves early.
 * Thresholds come from the calibration logits; the test logits are only for reporting.
 *
 * @throws ArgumentError if logits do not fit the network, or other networks have not answered the same samples
 */
export function collectReport(
  { metadata }: { readonly metadata: MultiExitMetadata },
  { calibration, test, dataset, engine, energy, compared = [] }: ReportSources,
): ReportData {
  const { exits, classes } = metadata;
  const costs = costsOf(metadata);
  const policy = storedPolicy(metadata) ?? neverLeave(metadata);
  const exitNames = exits.map(({ name }) => name);
  const about = { model: metadata.name, dataset, split: 'test', engine, exitNames, energy };
  const evaluation = evaluatePolicy(test, policy, costs, about);
  const labels = test.labels ?? new Int32Array(test.samples);
  const { temperatures } = policy;
  const alone = eachExitAlone(test, costs);
  const corners = randomExits(alone);
  const at = curvePoint(costs.staticMacs);
  const simulated = simulate(test, policy);
  const outcome = policyOutcome(simulated, test, costs);
  return {
    version,
    createdAt: new Date().toISOString(),
    classes,
    evaluation,
    summary: {
      leaveEarly:
        evaluation.exits.slice(0, -1).reduce((sum, { taken }) => sum + taken, 0) / evaluation.samples,
      accuracyDifference: (evaluation.top1 ?? 0) - (evaluation.static.top1 ?? 0),
      costShare: (evaluation.averageMacs ?? 0) / costs.staticMacs,
      againstStatic: comparePaired(outcome, staticOutcome(test, costs), INTERVAL_CONFIDENCE),
    },
    expected: metadata.policy?.expected ?? null,
    costs: exits.map(({ name, attachedAfter, backboneMacs, headMacs, macs }) => ({
      name,
      attachedAfter,
      backboneMacs,
      headMacs,
      cumulativeMacs: macs,
      share: macs / costs.staticMacs,
    })),
    curve: {
      points: calibration === null ? [] : curvePoints(calibration, test, policy, costs),
      chosen: at(evaluation.top1, evaluation.averageMacs),
      oracle: at(evaluation.oracle?.top1 ?? null, evaluation.oracle?.averageMacs ?? null),
      exitsAlone: alone.map(({ top1, averageMacs }, exit) => ({
        name: exits[exit]?.name ?? '',
        ...at(top1, averageMacs),
      })),
      static: at(evaluation.static.top1, costs.staticMacs),
      random: {
        corners: corners.map(({ top1, averageMacs }) => at(top1, averageMacs)),
        accuracyAtChosenCost:
          evaluation.averageMacs === null ? null : randomExitAccuracy(corners, evaluation.averageMacs),
      },
      compared: compareNetworks({ name: metadata.name, outcome, staticMacs: costs.staticMacs }, compared),
      calibrationSamples: calibration?.samples ?? 0,
    },
    confusion: exits.map(({ name }, exit) => {
      const cells = confusionCells(labels, simulated, exit, classes.length);
      const sum = (counted: typeof cells): number => counted.reduce((total, { count }) => total + count, 0);
      const mistakes = sum(cells.filter(({ label, answer }) => label !== answer));
      return { exit: name, taken: sum(cells), mistakes, cells };
    }),
    reliability: exits.map(({ name }, exit) => {
      const temperature = temperatures[exit] ?? 1;
      const reliabilityAt = (value: number): Reliability => {
        const bins = reliability(test.exits[exit] ?? new Float32Array(), labels, test.classes, {
          temperature: value,
        });
        return {
          expectedCalibrationError: calibrationErrorOf(bins),
          bins: bins.map(({ low, high, ...rest }) => ({ from: low, to: high, ...rest })),
        };
      };
      return { exit: name, temperature, before: reliabilityAt(1), after: reliabilityAt(temperature) };
    }),
    examples: chooseExamples(test, labels, policy, simulated),
  };
}

/** The plain network, in which all samples go to the end and no head is paid for. */
function staticOutcome(test: CachedLogits, { staticMacs }: ExitCosts): PolicyOutcome {
  return { correct: correctOf(test), macs: new Float64Array(test.samples).fill(staticMacs) };
}
