import type { Estimate, PairedComparison } from '@earlyexit/calibration';
import type { CurvePoint, Reliability, ReportData, ReportExample } from '@earlyexit/evaluation';

/** Invented numbers in the shape of a report, for tests of the page. */
export function inventReportData(): ReportData {
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  const at = (accuracy: number, averageMacs: number): CurvePoint => ({
    accuracy,
    averageMacs,
    share: averageMacs / 1_139_680,
  });
  const points = Array.from({ length: 40 }, (_, i) => {
    const averageMacs = 0.19 + 0.021 * i;
    const accuracy = 0.9895 - 0.009 * Math.exp(-i / 4);
    return {
      calibration: at(accuracy - 0.0012, averageMacs * 1e6),
      test: at(accuracy, averageMacs * 1.01e6),
    };
  });
  const reliability = (blur: number): Reliability => ({
    expectedCalibrationError: blur,
    bins: Array.from({ length: 15 }, (_, bin) => {
      const confidence = (bin + 0.5) / 15;
      return {
        from: bin / 15,
        to: (bin + 1) / 15,
        count: bin < 3 ? 0 : 5 + bin ** 3,
        confidence: bin < 3 ? null : confidence,
        accuracy: bin < 3 ? null : Math.min(1, confidence + blur * Math.sin(bin) * 8),
      };
    }),
  });
  const confusion = (
    size: number,
    wrong: number,
  ): Pick<ReportData['confusion'][number], 'taken' | 'mistakes' | 'cells'> => {
    const cells = classes.flatMap((_, label) =>
      classes.flatMap((_name, answer) => {
        const times =
          label === answer ? size : (label * 7 + answer * 3) % 10 < wrong ? 1 + ((label + answer) % 3) : 0;
        return times === 0 ? [] : [{ label, answer, count: times }];
      }),
    );
    const taken = cells.reduce((sum, { count }) => sum + count, 0);
    return { taken, mistakes: taken - size * classes.length, cells };
  };
  const example = (row: number, exit: number, wrong: boolean): ReportExample => ({
    row,
    label: row % 10,
    answer: wrong ? (row + 3) % 10 : row % 10,
    exit,
    score: 0.5 + (exit === 0 ? 0.499 : 0),
    probability: 0.5 + (exit === 0 ? 0.4999 : 0),
  });
  const interval = (value: number, reach: number): Estimate => ({
    value,
    low: value - reach,
    high: value + reach,
  });
  const against = (difference: number, pValue: number): PairedComparison => ({
    accuracyDifference: interval(difference, 0.0031),
    pValue,
    isDifferent: pValue < 0.05,
    macsDifference: interval(55_591, 3000),
  });
  return {
    version: '0.0.0',
    createdAt: '2026-01-02T03:04:05.000Z',
    classes,
    evaluation: {
      model: 'invented',
      dataset: 'numbers',
      split: 'test',
      samples: 10_000,
      engine: 'none',
      criterion: 'max-probability',
      thresholds: [0.91234567],
      temperatures: [1.23456, 0.98765],
      exits: [
        {
          name: 'exit0',
          taken: 8731,
          share: 0.8731,
          top1: 0.9963,
          top5: 1,
          top1All: 0.979,
          top5All: 1,
          macs: 219_690,
        },
        {
          name: 'final',
          taken: 1269,
          share: 0.1269,
          top1: 0.9377,
          top5: 1,
          top1All: 0.9891,
          top5All: 1,
          macs: 1_246_630,
        },
      ],
      top1: 0.9889,
      top5: 1,
      static: { top1: 0.9891, top5: 1, macs: 1_139_680 },
      averageMacs: 350_009,
      macsRatio: 3.256,
      expectedCalibrationError: 0.0031,
      oracle: { top1: 0.9951, averageMacs: 236_000 },
      intervals: {
        confidence: 0.95,
        top1: interval(0.9889, 0.0021),
        accuracyDrop: interval(0.0002, 0.0011),
        averageMacs: interval(350_009, 6600),
        macsRatio: interval(3.256, 0.061),
        expectedCalibrationError: interval(0.0031, 0.0012),
        static: { top1: interval(0.9891, 0.0021) },
        exits: [
          { top1: interval(0.9963, 0.0013), top1All: interval(0.979, 0.0028) },
          { top1: interval(0.9377, 0.013), top1All: interval(0.9891, 0.0021) },
        ],
      },
    },
    summary: {
      leaveEarly: 0.8731,
      accuracyDifference: -0.0002,
      costShare: 350_009 / 1_139_680,
      againstStatic: against(-0.0002, 0.6),
    },
    expected: {
      confidence: 0.95,
      accuracyDrop: interval(0.0009, 0.0022),
      macsRatio: interval(3.19, 0.09),
      samples: 5000,
      folds: 10,
    },
    costs: [
      {
        name: 'exit0',
        attachedAfter: 'conv1',
        backboneMacs: 112_500,
        headMacs: 107_190,
        cumulativeMacs: 219_690,
        share: 0.193,
      },
      {
        name: 'final',
        attachedAfter: null,
        backboneMacs: 1_139_680,
        headMacs: 0,
        cumulativeMacs: 1_246_630,
        share: 1.094,
      },
    ],
    curve: {
      points,
      chosen: at(0.9889, 350_009),
      oracle: at(0.9951, 236_000),
      exitsAlone: [
        { name: 'exit0', ...at(0.979, 219_690) },
        { name: 'final', ...at(0.9891, 1_246_630) },
      ],
      static: at(0.9891, 1_139_680),
      random: { corners: [at(0.979, 219_690), at(0.9891, 1_246_630)], accuracyAtChosenCost: 0.980_282 },
      compared: [
        {
          name: 'smaller',
          model: 'smaller',
          run: 'runs/smaller',
          earlyExits: 0,
          calibrated: false,
          ...at(0.9812, 405_600),
          accuracyInterval: interval(0.9812, 0.0027),
          against: against(-0.0077, 0.000_03),
          static: at(0.9812, 405_600),
        },
      ],
      calibrationSamples: 5000,
    },
    confusion: [
      { exit: 'exit0', ...confusion(860, 1) },
      { exit: 'final', ...confusion(118, 3) },
    ],
    reliability: [
      { exit: 'exit0', temperature: 1.23456, before: reliability(0.018), after: reliability(0.004) },
      { exit: 'final', temperature: 0.98765, before: reliability(0.012), after: reliability(0.003) },
    ],
    examples: {
      first: Array.from({ length: 12 }, (_, i) => example(i * 17, 0, false)),
      last: Array.from({ length: 12 }, (_, i) => example(i * 31 + 1, 1, i % 3 === 0)),
      mistakes: Array.from({ length: 12 }, (_, i) => example(i * 13 + 5, i % 2, true)),
    },
  };
}
