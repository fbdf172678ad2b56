import type { AverageEnergy } from '@earlyexit/profiler';
import { describeMeasuredPromise, type EvaluationDocument, type MeasuredReject } from '@earlyexit/evaluation';
import { getCriterion } from '@earlyexit/exit-criteria';
import {
  count,
  energy,
  percent,
  percentInterval,
  pointsBelow,
  pointsInterval,
  ratioInterval,
  shortMacs,
} from '@earlyexit/core/format';
import type { Output } from '../terminal/output';
import { formatTable } from '../terminal/table';
import { showThreshold } from './threshold';

/** An evaluation as text. */
export function describeEvaluation(
  document: EvaluationDocument,
  { colors }: Pick<Output, 'colors'>,
): string[] {
  const { exits, thresholds } = document;
  const staticMacs = document.static.macs ?? 0;
  const { rule } = getCriterion(document.criterion);
  const drop = document.static.top1 === null ? null : document.static.top1 - (document.top1 ?? 0);
  const share = (macs: number | null): string => (macs === null ? '–' : percent(macs / staticMacs, 1));
  const inAll = (name: string, taken: string, top1: number | null, macs: number | null): string[] => [
    ...[name, '', taken, '', percent(top1), '', shortMacs(macs), share(macs)],
  ];
  return [
    `${document.model} on ${document.dataset}: ${count(document.samples)} test images, engine ${document.engine}, criterion ${document.criterion} (leaves when ${rule})`,
    '',
    ...formatTable(
      [
        ...['exit', '>threshold', '>taken', '>share', '>right'],
        ...['>right if all left here', '>MACs', '>of the plain network'],
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
        inAll('in all', count(document.samples), document.top1, document.averageMacs),
        inAll('without exits', '', document.static.top1, staticMacs),
      ],
      colors,
    ),
    '',
    `${colors.bold(`${(document.macsRatio ?? 1).toFixed(2)}× fewer MACs`)} on average${drop === null ? '' : `, ${pointsBelow(drop)} the network without exits`}${mayBeChance(document) ? ', which may be chance' : ''}`,
    ...describeIntervals(document),
    `calibration error ${percent(document.expectedCalibrationError)}` +
      (document.oracle === null
        ? ''
        : `; the best that is possible with these exits: ${percent(document.oracle.top1)} at ${shortMacs(document.oracle.averageMacs)} MACs`),
    ...(document.energy === undefined ? [] : [describeEnergy(document.energy)]),
    ...(document.promise === undefined ? [] : [describeMeasuredPromise(document.promise, document.samples)]),
    ...(document.reject === undefined ? [] : [describeReject(document.reject, document.samples)]),
  ];
}

/** What a sample takes on average, by a model of the hardware. */
function describeEnergy({ model, averageMicrojoules, staticMicrojoules, ratio }: AverageEnergy): string {
  return `${ratio.toFixed(2)}× less energy by ${model}: ${energy(averageMicrojoules)} instead of ${energy(staticMicrojoules)} (an estimate, data moved once)`;
}

/** What became of the reject option. */
function describeReject({ statement, answered, measuredRisk }: MeasuredReject, samples: number): string {
  const wrong =
    measuredRisk === null
      ? ''
      : `, ${percent(measuredRisk.value)} of them wrong (${percentInterval(measuredRisk)})`;
  return `promised: ${statement}; of these ${count(samples)} images ${percent(answered / samples, 1)} got an answer${wrong}`;
}

/** Whether these images do not show which of the two is more accurate: the paired interval holds zero. */
function mayBeChance({ intervals }: EvaluationDocument): boolean {
  const drop = intervals?.accuracyDrop ?? null;
  return drop !== null && drop.low <= 0 && drop.high >= 0;
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
