import type { EvaluationDocument } from '@earlyexit/evaluation';
import pc from 'picocolors';
import { expect, it } from 'vitest';
import { describeEvaluation } from './evaluation';

function lines(low: number, high: number): string {
  const document = {
    ...{ model: 'b_lenet', dataset: 'mnist', samples: 100, engine: 'wasm', criterion: 'margin' },
    ...{ exits: [], thresholds: [], top1: 0.9, averageMacs: 50, macsRatio: 2, expectedCalibrationError: 0 },
    static: { top1: 0.91, macs: 100 },
    oracle: null,
    intervals: {
      confidence: 0.95,
      top1: null,
      accuracyDrop: { value: 0.01, low, high },
      macsRatio: null,
      expectedCalibrationError: null,
    },
  } as unknown as EvaluationDocument;
  return describeEvaluation(document, { colors: pc.createColors(false) }).join('\n');
}

it('calls the network with exits less accurate only where the images show it', () => {
  expect(lines(0.002, 0.018)).toMatch(/1\.00 points below the network without exits$/m);
  expect(lines(-0.004, 0.024)).toContain('1.00 points below the network without exits, which may be chance');
});
