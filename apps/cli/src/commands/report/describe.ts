import { percent, shortMacs } from '@earlyexit/core/format';
import { describeDifference, describeExpected, type ReportData } from '@earlyexit/evaluation';
import type { Output } from '../../terminal/output';
import { describeEvaluation } from '../../describe/evaluation';

/** The evaluation, what to expect on new images, the other networks, and where the report lies. */
export function describeReport(data: ReportData, path: string, output: Output): string[] {
  const { evaluation, expected, curve } = data;
  return [
    ...describeEvaluation(evaluation, output),
    ...(expected === null ? [] : [describeExpected(expected, expected.confidence)]),
    ...curve.compared.map(
      ({ name, accuracy, averageMacs, share, against }) =>
        `${name}: ${percent(accuracy)} at ${shortMacs(averageMacs)} MACs, ${percent(share, 1)} of the cost of ${evaluation.model}; accuracy beside it: ${describeDifference(against)}`,
    ),
    `report: ${path}`,
  ];
}
