import type { ConfidenceFit, VectorScaling } from '@earlyexit/calibration';
import { count, percent, percentInterval, ratioInterval, shortMacs } from '@earlyexit/core/format';
import {
  type CalibrationDocument,
  describeExpected,
  INTERVAL_CONFIDENCE,
  type PlanDocument,
} from '@earlyexit/evaluation';
import { getCriterion } from '@earlyexit/exit-criteria';
import type { CalibratedRun } from '@earlyexit/runs';
import { describeCalibrationAim } from '../../describe/calibration-aim';
import { showThreshold } from '../../describe/threshold';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';
import { describePromises } from './describe-promises';

/** A calibration, how sure it is, and where it is stored. */
export function describeCalibration(
  { model: { metadata }, calibration, document }: CalibratedRun,
  {
    argument,
    curve,
    saved,
    colors,
  }: {
    /** The MODEL operand, as it was typed. */
    readonly argument: string;
    readonly curve: string | undefined;
    readonly saved: string;
    readonly colors: Colors;
  },
): string[] {
  const { aim, confident, criterion, expected, fits, searched, summary } = calibration;
  const { samples, thresholdSamples, fittedSamples } = document;
  return [
    `${metadata.name} on ${document.dataset}: ${count(samples)} calibration images, criterion ${criterion} (leaves when ${getCriterion(criterion).rule})`,
    describeCalibrationAim(aim, calibration.confidence ?? undefined),
    ...(thresholdSamples < samples
      ? [
          `${count(fittedSamples)} images to fit, ${count(thresholdSamples)} others to promise on; the figures are of the latter`,
        ]
      : []),
    '',
    ...describeConfidence(fits, colors),
    '',
    ...exitTable(document, calibration.policy.thresholds, colors),
    '',
    `in all ${percent(summary.top1)} right (final exit alone ${percent(summary.static.top1)}), ${shortMacs(summary.averageMacs)} MACs on average: ${(summary.macsRatio ?? 1).toFixed(2)}× fewer than the plain network`,
    ...accuracyIntervals(document),
    ...(searched === null ? [] : [`${searched.guarantee}.`]),
    ...(expected === null ? [] : [describeExpected(expected, INTERVAL_CONFIDENCE)]),
    ...(confident === null ? [] : [`${confident.promise}.`]),
    ...describePromises(calibration, metadata.classes, colors),
    ...(curve === undefined ? [] : [`the accuracy–cost frontier is in ${curve}`]),
    `stored in ${saved}; next: earlyexit evaluate ${argument}`,
  ];
}

/** What calibration splits of several sizes would bring. */
export function describePlan({ model, dataset, samples, aim, plan }: PlanDocument, colors: Colors): string[] {
  return [
    `${model} on ${dataset}: a plan from ${count(samples)} calibration images`,
    describeCalibrationAim(aim),
    '',
    ...formatTable(
      [
        ...['>calibration images', '>a promise is possible'],
        ...['>leave early', '>8 of 10 draws', '>fewer MACs', '>8 of 10 draws'],
      ],
      plan.map(({ samples: size, promised, leavingEarly, macsRatio }) => [
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
function accuracyIntervals({ intervals: { top1, static: plain } }: CalibrationDocument): string[] {
  if (top1 === null || plain.top1 === null) return [];
  return [
    `${percent(INTERVAL_CONFIDENCE, 0)} intervals: ${percentInterval(top1)} right, final exit alone ${percentInterval(plain.top1)}`,
  ];
}

/** How sure each exit was and how sure it is now. */
export function describeConfidence(fits: readonly ConfidenceFit[], colors: Colors): string[] {
  const change = (before: string, after: string): string => `${before} → ${after}`;
  return formatTable(
    ['exit', '>scaled by', '>calibration error', '>Brier score', '>neg. log-likelihood'],
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
  { exits }: CalibrationDocument,
  thresholds: CalibratedRun['calibration']['policy']['thresholds'],
  colors: Colors,
): string[] {
  return formatTable(
    ['exit', '>threshold', '>taken', '>right', '>MACs'],
    exits.map(({ name, share, top1, macs }, exit) => [
      name,
      showThreshold(thresholds[exit]),
      percent(share, 1),
      percent(top1),
      shortMacs(macs),
    ]),
    colors,
  );
}

function describeVector({ scales }: VectorScaling): string {
  return `${Math.min(...scales).toFixed(2)} to ${Math.max(...scales).toFixed(2)}`;
}
