import { expect, it } from 'vitest';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import { originalStatistics } from './original-statistics';

it('prints the statistics of the original example, in its words', () => {
  const exits = [
    { taken: 8731, share: 0.8731, top1: 0.9963, top5: 1 },
    { taken: 1269, share: 0.1269, top1: 0.9377, top5: 1 },
  ];
  const document = { exits, top1: 0.9889, top5: 1 } as unknown as EvaluationDocument;
  expect(originalStatistics(document)).toEqual([
    'Exit 0: 8731',
    'Exit 1: 1269',
    'Percent Early Exit 0: 87.310',
    'Percent Early Exit 1: 12.690',
    'Accuracy Stats for exit 0: top1 = 99.630, top5 = 100.000',
    'Accuracy Stats for exit 1: top1 = 93.770, top5 = 100.000',
    'Totals for entire network with early exits: top1 = 98.890, top5 = 100.000',
  ]);
});
