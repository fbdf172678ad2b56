import type { PreparedTraining } from '@earlyexit/runs';
import type { Colors } from '../../terminal/colors';
import { count, duration } from '@earlyexit/core/format';
import { describeExit } from '../train/describe';

/** What is going to be trained. */
export function describeStart({ data: { source, splits }, model }: PreparedTraining): string[] {
  const { exits, staticMacs } = model.metadata;
  const { train, validation, calibration, test } = splits;
  return [
    `${count(source.train.size)} training images (${count(train.size)} to train on, ${count(validation.size)} to validate, ${count(calibration.size)} to calibrate) and ${count(test.size)} test images`,
    ...exits.map((exit) => describeExit(exit, staticMacs)),
  ];
}

/** Where everything is, and what to do next. */
export function describeEnd(
  { out, report, model, seconds }: { out: string; report: string; model: string; seconds: number },
  colors: Colors,
): string[] {
  return [
    '',
    `done in ${duration(seconds)}`,
    `report: ${colors.bold(report)}`,
    `model:  ${model}`,
    `next:   earlyexit predict ${out} IMAGE.png`,
  ];
}
