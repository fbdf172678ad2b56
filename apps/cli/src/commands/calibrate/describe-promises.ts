import { count, percent, plural, shortMacs } from '@earlyexit/core/format';
import { type Calibration, describeRisk, type ModelRecalibration } from '@earlyexit/evaluation';
import type { RecalibrationDocument } from '@earlyexit/runs';
import { showThreshold } from '../../describe/threshold';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';

/** What is promised, what it hangs on, and what it means beside the promises made before. */
export function describePromises(
  calibration: Calibration,
  classNames: readonly string[],
  colors: Colors,
): string[] {
  return [
    ...describeCandidates(calibration, colors),
    ...describeClasses(calibration, classNames, colors),
    ...describePromise(calibration),
    ...describeJoint(calibration),
    ...describeReject(calibration),
    ...describeEarlier(calibration),
  ];
}

/** The promise as a sentence, and what it hangs on. */
export function describePromise({ promise, policy }: Pick<Calibration, 'promise' | 'policy'>): string[] {
  if (promise === null) return [];
  if (policy.thresholds.every((value) => value === 'never')) {
    return [
      `No threshold keeps this promise on these ${count(promise.samples)} images, so nobody leaves early: allow more risk, or calibrate on more images.`,
    ];
  }
  const { loss, empiricalRisk, statement, inEach } = promise;
  const seen = `${inEach === undefined ? '' : `in the worst ${inEach} `}${describeRisk(loss, empiricalRisk)}`;
  return [`${statement}, as long as images come from where these came from (on these: ${seen}).`];
}

/** Who gets no answer, and what that brings. */
export function describeReject({ reject }: Pick<Calibration, 'reject'>): string[] {
  if (reject === null) return [];
  const { statement, below, coverage, samples, empiricalRisk } = reject;
  const least = below === 0 ? '0, so it need decline nothing' : showThreshold(below);
  return [
    `${statement}: the final exit declines below a probability of ${least}, and ${percent(coverage, 1)} of ${count(samples)} other images get an answer (${percent(empiricalRisk)} of them a wrong one).`,
  ];
}

/** A promise made anew on kept logits; `argument` is the MODEL operand as it was typed. */
export function describeRecalibration(
  found: ModelRecalibration,
  { model, fittedSamples, thresholdSamples, saved }: RecalibrationDocument,
  argument: string,
): string[] {
  const { criterion, thresholds, temperatures } = found.policy;
  return [
    `${model}: ${count(fittedSamples + thresholdSamples)} kept answers, ${count(fittedSamples)} of them to fit on and ${count(thresholdSamples)} to promise on`,
    `criterion ${criterion}, thresholds ${thresholds.map(showThreshold).join(', ')}, temperatures ${temperatures.map((each) => each.toFixed(4)).join(', ')}`,
    ...describePromise(found),
    `stored in ${saved}; next: earlyexit evaluate ${argument}`,
  ];
}

function describeCandidates({ several }: Calibration, colors: Colors): string[] {
  if (several === null) return [];
  return [
    ...formatTable(
      ['promise', '>at most', '>on these', '>MACs', 'thresholds'],
      several.candidates.map(
        ({ criterion, method, loss, risk, empiricalRisk, averageMacs, thresholds }, i) => [
          `${i === several.best ? '→' : ' '} ${criterion}, ${loss} (${method})`,
          percent(risk),
          describeRisk(loss, empiricalRisk),
          shortMacs(averageMacs),
          thresholds.map(showThreshold).join(', '),
        ],
      ),
      colors,
    ),
    '',
    `${several.statement}, each made at a delta of ${String(Number(several.deltaEach.toPrecision(4)))}; the cheapest, →, is stored.`,
  ];
}

function describeClasses(
  { classes, promise }: Calibration,
  names: readonly string[],
  colors: Colors,
): string[] {
  if (classes === null || promise === null) return [];
  return [
    ...formatTable(
      ['class', '>images', '>on these'],
      classes.map(({ group, samples, empiricalRisk }) => [
        names[group] ?? String(group),
        count(samples),
        describeRisk(promise.loss, empiricalRisk),
      ]),
      colors,
    ),
    '',
  ];
}

function describeJoint({ joint }: Calibration): string[] {
  if (joint === null || joint === undefined) return [];
  const figures = Object.entries({ ...joint }).map(([what, value]) => `${what} ${percent(value)}`);
  return [`on these images: ${figures.join(', ')}`];
}

/** What can be said of the new promise and of those made before together. */
function describeEarlier({ earlier, made }: Calibration): string[] {
  if (made.length === 0 || earlier.promises.length === 0) return [];
  const spent = made.reduce((sum, { delta }) => sum + (delta ?? 0), earlier.spentDelta);
  const before = `${plural(earlier.promises.length, 'promise')} made before on the same images`;
  return [
    spent < 1
      ? `Together with ${before} all of this holds with a probability of at least ${percent(1 - spent, 1)}; --with-earlier keeps that at 1 − delta.`
      : `Together with ${before} nothing can be said: calibrate on other images.`,
  ];
}
