import { describe, expect, it } from 'vitest';
import type { EpochMetrics } from '../epoch/epoch-metrics';
import { metricsCsv } from './metrics-csv';

const epoch: EpochMetrics = {
  epoch: 1,
  phase: 'joint',
  step: 10,
  learningRate: 0.1,
  trainLoss: 1.5,
  trainLosses: [null, 1.5],
  trainAccuracy: [null, 0.25],
  validation: null,
  imagesPerSecond: 100,
  waitShare: 0.01,
  seconds: 2,
};

describe('metricsCsv', () => {
  it('has the same columns with and without validation, empty where there is no value', () => {
    const summary = {
      samples: 4,
      exits: [0.75, 0.25].map((share, exit) => ({
        taken: share * 4,
        share,
        top1: exit === 0 ? 1 : null,
        top5: null,
        top1All: 0.5,
        top5All: null,
        macs: null,
      })),
      top1: 0.75,
      top5: null,
      static: { top1: 0.5, top5: null, macs: null },
      averageMacs: null,
      macsRatio: null,
    };
    const validation = { loss: 1, losses: [1, 1], accuracy: [0.5, 0.75], summary, score: 0.75 };
    const [header, ...lines] = metricsCsv([epoch, { ...epoch, validation }], ['exit0', 'final'])
      .trimEnd()
      .split('\n');
    expect(header).toBe(
      'epoch,phase,step,learningRate,imagesPerSecond,waitShare,seconds,trainLoss,trainLoss_exit0,trainLoss_final,' +
        'trainAccuracy_exit0,trainAccuracy_final,validationLoss,validationLoss_exit0,validationLoss_final,' +
        'validationAccuracy_exit0,validationAccuracy_final,validationTop1,validationShare_exit0,validationShare_final,' +
        'validationTop1_exit0,validationTop1_final',
    );
    expect(lines).toEqual([
      '1,joint,10,0.1,100,0.01,2,1.5,,1.5,,0.25,,,,,,,,,,',
      '1,joint,10,0.1,100,0.01,2,1.5,,1.5,,0.25,1,1,1,0.5,0.75,0.75,0.75,0.25,1,',
    ]);
  });

  it('quotes names with commas', () => {
    expect(metricsCsv([], ['a,"b"'])).toContain('"trainLoss_a,""b"""');
  });
});
