import { expect, it } from 'vitest';
import { inventReportData } from '../testing/invented-report-data';
import { originalStatistics } from './original-statistics';

it('prints the statistics of the original example, in its words', () => {
  expect(originalStatistics(inventReportData().evaluation)).toEqual([
    'Exit 0: 8731',
    'Exit 1: 1269',
    'Percent Early Exit 0: 87.310',
    'Percent Early Exit 1: 12.690',
    'Accuracy Stats for exit 0: top1 = 99.630, top5 = 100.000',
    'Accuracy Stats for exit 1: top1 = 93.770, top5 = 100.000',
    'Totals for entire network with early exits: top1 = 98.890, top5 = 100.000',
  ]);
});
