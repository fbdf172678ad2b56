import { FALSE_ALARM_RATE, type WatchedStream } from '@earlyexit/calibration';
import { corruptionLabel } from '@earlyexit/datasets';
import type { CorruptedEvaluation, WatchedEvaluation } from '@earlyexit/evaluation';
import type { Colors } from '../../terminal/colors';
import { count, percent, shortMacs } from '@earlyexit/core/format';
import { formatTable } from '../../terminal/table';

/** What becomes of the policy on spoilt images, as a table. */
export function describeCorrupted(
  clean: WatchedEvaluation,
  corrupted: readonly CorruptedEvaluation[],
  colors: Colors,
): string[] {
  const row = (name: string, each: typeof clean): string[] => [
    name,
    percent(each.top1),
    percent(each.static.top1),
    shortMacs(each.averageMacs),
    percent(1 - (each.exits.at(-1)?.share ?? 1), 1),
    percent(each.expectedCalibrationError),
    describeWatched(each.shift),
    each.shift.signal ?? '–',
  ];
  return [
    ...formatTable(
      [
        ...['test images', '>right', '>without exits', '>MACs', '>leave early'],
        ...['>calibration error', '>shift seen', 'in'],
      ],
      [row('as they are', clean), ...corrupted.map((each) => row(corruptionLabel(each.corruption), each))],
      colors,
    ),
    '',
    `shift seen: after how many of ${count(clean.samples)} images in random order the monitor says that they are not like the calibration images (median of ${String(clean.shift.orders)} orders; false alarms: at most ${String(FALSE_ALARM_RATE * 100)} % of streams). From then on nothing holds that was promised on the calibration images.`,
  ];
}

/** What a watched stream means, short. */
function describeWatched({ alarms, orders, medianDelay, samples }: WatchedStream): string {
  if (medianDelay !== null) return `after ${String(medianDelay)}`;
  return alarms === 0 ? `not in ${String(samples)}` : `in ${String(alarms)} of ${String(orders)} orders`;
}
