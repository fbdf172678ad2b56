import type { MultiExitMetadata } from '@earlyexit/branch-head';
import {
  calibrationErrorOf,
  eachExitAlone,
  randomExitAccuracy,
  randomExits,
  reliability,
  searchThresholds,
} from '@earlyexit/calibration';
import {
  type CachedLogits,
  type ExitCosts,
  evaluateExits,
  type ExitPolicy,
  getCriterion,
  simulate,
  softmax,
  summarizeExits,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { version } from '../version';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { ComparedNetwork, CurvePoint, Reliability, ReportData, ReportExample } from './report-data';

// Enough for a smooth line, few enough for a small file.
const CURVE_POINTS = 60;
const STEPS_AFTER_FRONTIER = 20;
const EXAMPLES_PER_ROW = 12;

/** Computes everything that the report shows. Thresholds come from the calibration logits; the test logits only report. */
export function collectReportData(options: {
  readonly metadata: MultiExitMetadata;
  readonly evaluation: EvaluationDocument;
  readonly policy: ExitPolicy;
  readonly costs: ExitCosts;
  readonly calibration: CachedLogits;
  readonly test: CachedLogits;
  /** Other networks on the same test images; none unless given. */
  readonly compared?: readonly ComparedNetwork[] | undefined;
}): ReportData {
  const { metadata, evaluation, policy, costs, calibration, test, compared = [] } = options;
  const { exits, classes } = metadata;
  const labels = test.labels ?? new Int32Array(test.samples);
  const temperatures = policy.temperatures ?? exits.map(() => 1);
  const alone = eachExitAlone(test, costs);
  const corners = randomExits(alone);
  const at = (accuracy: number | null, averageMacs: number | null): CurvePoint => ({
    accuracy: accuracy ?? 0,
    averageMacs: averageMacs ?? 0,
    share: (averageMacs ?? 0) / costs.staticMacs,
  });
  const simulated = simulate(test, policy);
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
    },
    costs: exits.map(({ name, attachedAfter, backboneMacs, headMacs, macs }) => ({
      name,
      attachedAfter,
      backboneMacs,
      headMacs,
      cumulativeMacs: macs,
      share: macs / costs.staticMacs,
    })),
    curve: {
      points: curvePoints(calibration, test, policy, costs),
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
      compared,
      calibrationSamples: calibration.samples,
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

/**
 * The frontier searched on the calibration split, thinned out, and what comes after its end, where fewer and fewer
 * leave early; the same thresholds on the test split.
 */
function curvePoints(
  calibration: CachedLogits,
  test: CachedLogits,
  { criterion, temperatures }: ExitPolicy,
  costs: ExitCosts,
): ReportData['curve']['points'] {
  if (calibration.exits.length === 1 || getCriterion(criterion).needsLabels) return [];
  const scaled = temperatures === undefined ? {} : { temperatures };
  const pointOn = (cached: CachedLogits, thresholds: readonly Threshold[]): CurvePoint => {
    const summary = summarizeExits(cached, { criterion, thresholds, ...scaled }, costs);
    const averageMacs = summary.averageMacs ?? 0;
    return { accuracy: summary.top1 ?? 0, averageMacs, share: averageMacs / costs.staticMacs };
  };
  const { frontier } = searchThresholds(calibration, {
    criterion,
    ...scaled,
    costs,
    aim: { maxAccuracyDrop: 0 },
  });
  const points = thinOut(frontier, ({ averageMacs }) => averageMacs, CURVE_POINTS).map(
    ({ thresholds, accuracy, averageMacs }) => ({
      calibration: { accuracy, averageMacs, share: averageMacs / costs.staticMacs },
      test: pointOn(test, thresholds),
    }),
  );
  const end = points.at(-1)?.calibration.averageMacs ?? 0;
  const after = fewerLeave(calibration, criterion, temperatures)
    .map((thresholds) => ({ calibration: pointOn(calibration, thresholds), test: pointOn(test, thresholds) }))
    .filter(({ calibration: { averageMacs } }) => averageMacs > end);
  return [...points, ...after].sort(
    (one, other) => one.calibration.averageMacs - other.calibration.averageMacs,
  );
}

/** Thresholds with which smaller and smaller shares of the samples are sure enough at each exit, down to none. */
function fewerLeave(
  calibration: CachedLogits,
  criterion: ExitPolicy['criterion'],
  temperatures: readonly number[] | undefined,
): Threshold[][] {
  const { surerIs } = getCriterion(criterion);
  const surestFirst = evaluateExits(calibration, criterion, temperatures)
    .slice(0, -1)
    .map(({ scores }) => {
      const ascending = scores.filter(Number.isFinite).sort();
      return surerIs === 'lower' ? ascending : ascending.reverse();
    });
  return Array.from({ length: STEPS_AFTER_FRONTIER + 1 }, (_, step) =>
    surestFirst.map((scores): Threshold => {
      // Finer at the start, where the curve bends.
      const share = 1 - (step / STEPS_AFTER_FRONTIER) ** 2;
      return share === 0 ? 'never' : (scores[Math.floor(share * (scores.length - 1))] ?? 'never');
    }),
  );
}

/** At most about `most` of the items, spread evenly over their values; first and last stay. */
function thinOut<Item>(items: readonly Item[], valueOf: (item: Item) => number, most: number): Item[] {
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return [];
  const gap = (valueOf(last) - valueOf(first)) / most;
  let kept = -Infinity;
  return items.filter((item, index) => {
    if (index !== items.length - 1 && valueOf(item) - kept < gap) return false;
    kept = valueOf(item);
    return true;
  });
}

function confusionCells(
  labels: Int32Array,
  { exitIndex, classes: answers }: { exitIndex: Int32Array; classes: Int32Array },
  exit: number,
  classes: number,
): ReportData['confusion'][number]['cells'] {
  const counts = new Map<number, number>();
  exitIndex.forEach((left, row) => {
    if (left !== exit) return;
    const cell = (labels[row] ?? 0) * classes + (answers[row] ?? 0);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  });
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([cell, count]) => ({ label: Math.floor(cell / classes), answer: cell % classes, count }));
}

function chooseExamples(
  test: CachedLogits,
  labels: Int32Array,
  policy: ExitPolicy,
  simulated: ReturnType<typeof simulate>,
): ReportData['examples'] {
  const { exitIndex, classes: answers, scores } = simulated;
  const probabilities = test.exits.map((logits, exit) =>
    softmax(logits, test.classes, policy.temperatures?.[exit] ?? 1),
  );
  // Some criteria answer with another class than the exit's own; its probability is still that of the answer.
  const all = Array.from(exitIndex, (exit, row): ReportExample => {
    const answer = answers[row] ?? 0;
    return {
      row,
      label: labels[row] ?? 0,
      answer,
      exit,
      score: scores[row] ?? Number.NaN,
      probability: probabilities[exit]?.[row * test.classes + answer] ?? Number.NaN,
    };
  });
  const surestFirst = (a: ReportExample, b: ReportExample): number =>
    b.probability - a.probability || a.row - b.row;
  const firstExit = Math.min(...exitIndex);
  const lastExit = Math.max(...exitIndex);
  const left = all.filter(({ exit }) => exit === firstExit).sort(surestFirst);
  return {
    first: firstExit === lastExit ? [] : onePerClass(left).slice(0, EXAMPLES_PER_ROW),
    last: all
      .filter(({ exit }) => exit === lastExit)
      .sort((a, b) => surestFirst(b, a))
      .slice(0, EXAMPLES_PER_ROW),
    mistakes: all
      .filter(({ answer, label }) => answer !== label)
      .sort(surestFirst)
      .slice(0, EXAMPLES_PER_ROW),
  };
}

/** The first of each class, in the order of the classes. */
function onePerClass(examples: readonly ReportExample[]): ReportExample[] {
  const first = new Map<number, ReportExample>();
  for (const example of examples) if (!first.has(example.answer)) first.set(example.answer, example);
  return [...first.values()].sort((a, b) => a.answer - b.answer);
}
