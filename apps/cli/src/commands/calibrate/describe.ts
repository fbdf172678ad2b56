import type { ConfidenceFit, PlannedSize, RiskAim, VectorScaling } from '@earlyexit/calibration';
import { count, percent, percentInterval, ratioInterval, shortMacs } from '@earlyexit/core/format';
import {
  type Calibration,
  type CalibrationDocument,
  describeExpected,
  INTERVAL_CONFIDENCE,
} from '@earlyexit/evaluation';
import { type ExitSummary, getCriterion, type Threshold } from '@earlyexit/exit-criteria';
import { describeAim } from '../../describe/aim';
import { showThreshold } from '../../describe/threshold';
import type { CalibrateAim } from './aim';
import { describePromises } from './describe-promises';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';

/** What the words need besides the figures. */
export interface CalibrationAbout {
  /** The MODEL operand, as it was typed. */
  readonly argument: string;
  /** The network's name. */
  readonly model: string;
  readonly dataset: string;
  /** The final exit's last. */
  readonly exitNames: readonly string[];
  readonly classNames: readonly string[];
  readonly curve: string | undefined;
  readonly colors: Colors;
}

/** A calibration, how sure it is, and where it is stored. */
export function describeCalibration(
  calibration: Calibration,
  { argument, model, dataset, exitNames, classNames, curve, colors }: CalibrationAbout,
  { directory, intervals }: { readonly directory: string } & Pick<CalibrationDocument, 'intervals'>,
): string[] {
  const { aim, cached, confident, criterion, expected, fits, measured, policy, searched, summary } =
    calibration;
  const apart = measured.samples < cached.samples;
  const sure = percent(INTERVAL_CONFIDENCE, 0);
  return [
    `${model} on ${dataset}: ${count(cached.samples)} calibration images, criterion ${criterion} (leaves when ${getCriterion(criterion).rule})`,
    describeCalibrationAim(aim, calibration.confidence ?? undefined),
    ...(apart
      ? [
          `${count(calibration.fittedSamples)} images to fit, ${count(measured.samples)} others to promise on; the figures are of the latter`,
        ]
      : []),
    '',
    ...confidenceTable(fits, colors),
    '',
    ...exitTable(exitNames, policy.thresholds, summary, colors),
    '',
    `in all ${percent(summary.top1)} right (final exit alone ${percent(summary.static.top1)}), ${shortMacs(summary.averageMacs)} MACs on average: ${(summary.macsRatio ?? 1).toFixed(2)}× fewer than the plain network`,
    ...accuracyIntervals(intervals).map((words) => `${sure} intervals: ${words}`),
    ...(searched === null ? [] : [`${searched.guarantee}.`]),
    ...(expected === null ? [] : [describeExpected(expected, INTERVAL_CONFIDENCE)]),
    ...(confident === null ? [] : [`${confident.promise}.`]),
    ...describePromises(calibration, classNames, colors),
    ...(curve === undefined ? [] : [`the accuracy–cost frontier is in ${curve}`]),
    `stored in ${directory}; next: earlyexit evaluate ${argument}`,
  ];
}

/** What calibration splits of several sizes would bring. */
export function describePlan(
  sizes: readonly PlannedSize[],
  aim: RiskAim,
  samples: number,
  { model, dataset, colors }: CalibrationAbout,
): string[] {
  return [
    `${model} on ${dataset}: a plan from ${count(samples)} calibration images`,
    describeCalibrationAim(aim),
    '',
    ...formatTable(
      [
        { title: 'calibration images', align: 'right' },
        { title: 'a promise is possible', align: 'right' },
        { title: 'leave early', align: 'right' },
        { title: '8 of 10 draws', align: 'right' },
        { title: 'fewer MACs', align: 'right' },
        { title: '8 of 10 draws', align: 'right' },
      ],
      sizes.map(({ samples: size, promised, leavingEarly, macsRatio }) => [
        count(size),
        percent(promised, 0),
        percent(leavingEarly.value, 1),
        percentInterval(leavingEarly),
        `${macsRatio.value.toFixed(2)}×`,
        ratioInterval(macsRatio),
      ]),
      colors,
    ),
    '',
    'These images stand for all to come: losses rarer than one in their number are not seen, so a plan for a risk near that is too hopeful. Nothing was stored.',
  ];
}

/** How sure the accuracies are, as those of a sample. */
function accuracyIntervals({ top1, static: plain }: CalibrationDocument['intervals']): string[] {
  if (top1 === null || plain.top1 === null) return [];
  return [`${percentInterval(top1)} right, final exit alone ${percentInterval(plain.top1)}`];
}

/** How sure each exit was and how sure it is now. */
export function confidenceTable(fits: readonly ConfidenceFit[], colors: Colors): string[] {
  const change = (before: string, after: string): string => `${before} → ${after}`;
  return formatTable(
    [
      { title: 'exit' },
      { title: 'scaled by', align: 'right' },
      { title: 'calibration error', align: 'right' },
      { title: 'Brier score', align: 'right' },
      { title: 'neg. log-likelihood', align: 'right' },
    ],
    fits.map(({ exit, temperature, vector, before, after }) => [
      exit,
      vector === null ? `temperature ${temperature.toFixed(4)}` : `vector, ${describeVector(vector)}`,
      change(percent(before.calibrationError), percent(after.calibrationError)),
      change(before.brierScore.toFixed(4), after.brierScore.toFixed(4)),
      change(before.negativeLogLikelihood.toFixed(4), after.negativeLogLikelihood.toFixed(4)),
    ]),
    colors,
  );
}

/** Where samples leave, how often they are right there, and what it costs. */
function exitTable(
  exitNames: readonly string[],
  thresholds: readonly Threshold[],
  { exits }: ExitSummary,
  colors: Colors,
): string[] {
  return formatTable(
    [
      { title: 'exit' },
      { title: 'threshold', align: 'right' },
      { title: 'taken', align: 'right' },
      { title: 'right', align: 'right' },
      { title: 'MACs', align: 'right' },
    ],
    exitNames.map((name, exit) => [
      name,
      showThreshold(thresholds[exit]),
      percent(exits[exit]?.share ?? 0, 1),
      percent(exits[exit]?.top1 ?? null),
      shortMacs(exits[exit]?.macs ?? null),
    ]),
    colors,
  );
}

function describeVector({ scales }: VectorScaling): string {
  return `${Math.min(...scales).toFixed(2)} to ${Math.max(...scales).toFixed(2)}`;
}

/** The aim in words. */
export function describeCalibrationAim(aim: CalibrateAim, confidence?: number): string {
  if ('thresholds' in aim) return 'thresholds as given';
  if ('budget' in aim) return 'aim: the 39 budgets of the budgeted batch protocol (MSDNet)';
  if ('risk' in aim) {
    const what =
      aim.loss === 'consistency'
        ? 'answers that differ from the final exit’s'
        : 'accuracy lost against the final exit';
    const how = aim.delta === null ? 'on average' : `with probability ${shortPercent(1 - aim.delta)}`;
    return `aim: the cheapest with at most ${shortPercent(aim.risk)} ${what}, promised ${how} (${aim.method})`;
  }
  if ('joint' in aim) {
    const limits = Object.entries({ ...aim.joint }).map(([what, most]) => `${what} ${shortPercent(most)}`);
    return `aim: the cheapest with at most ${limits.join(', ')}, promised together with probability ${shortPercent(1 - aim.delta)}`;
  }
  const sure =
    confidence === undefined ? '' : `, on new images too with a confidence of ${shortPercent(confidence)}`;
  return `aim: ${describeAim(aim)}${sure}`;
}

/** `0.005` → `0.5 %`, with no digits that say nothing. */
function shortPercent(fraction: number): string {
  return percent(fraction, 4).replace(/\.?0+ %$/, ' %');
}
