import { storedPolicy } from '@earlyexit/exit-criteria';
import { fitTemperatures, type SearchAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import {
  type ComparedPolicy,
  comparePolicies,
  COMPARISON_REFERENCE as REFERENCE,
  INTERVAL_CONFIDENCE,
} from '@earlyexit/evaluation';
import { count, percent, shortMacs } from '../terminal/format';
import type { Output } from '../terminal/output';
import { showWork } from '../terminal/show-work';
import { formatTable } from '../terminal/table';
import { aboutTest } from './about-test';
import { describeAim } from './policy';
import type { Workbench } from './workbench';

/** `evaluate --criterion all`: every policy at the same aim, thresholds from the calibration split, in one table. */
export async function compareRun(
  bench: Workbench,
  aim: SearchAim,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = bench.model;
  if (metadata.exits.length === 1) {
    throw new ArgumentError({
      where: '--criterion',
      rule: 'criteria differ where there is an early exit',
      received: `${metadata.name}, which has none`,
    });
  }
  const calibration = await bench.logits('calibration');
  const temperatures = storedPolicy(metadata)?.temperatures ?? fitTemperatures(calibration);
  const test = await bench.logits('test');
  const work = showWork(output, signal);
  const { policies, oracleRule } = await comparePolicies(
    {
      ...{ calibration, test, temperatures, aim },
      costs: bench.costs,
      seed: bench.data.seed,
      about: aboutTest(bench),
    },
    work,
  );
  work.end();
  const crowded = metadata.exits.find((_, exit) => policies.every(({ exits }) => exits[exit]?.share === 1));
  if (crowded !== undefined) {
    output.warn(
      `at this aim everybody leaves at ${crowded.name} under every policy: another --max-accuracy-drop or --target-macs tells them apart`,
    );
  }
  const { static: plain, oracle } = oracleRule;
  output.json({
    model: metadata.name,
    dataset: bench.data.dataset,
    split: 'test',
    samples: test.samples,
    engine: bench.engine.name,
    aim,
    static: plain,
    oracle,
    criteria: policies,
    oracleRule,
  });

  const row = (name: string, policy: ComparedPolicy): string[] => [
    name,
    percent(policy.top1),
    points((policy.top1 ?? 0) - (plain.top1 ?? 0)),
    shortMacs(policy.averageMacs),
    `${(policy.macsRatio ?? 1).toFixed(2)}×`,
    describeAgainst(policy),
    ...policy.exits.map(({ share }) => percent(share, 1)),
    policy.thresholds
      .map((value) => (typeof value === 'number' ? value.toPrecision(4) : (value ?? 'never')))
      .join(', '),
  ];
  const rest = metadata.exits.map(() => '');
  const learned = policies.find(({ kind }) => kind === 'learned')?.calibration;
  output.text(
    `${metadata.name} on ${bench.data.dataset}: ${count(test.samples)} test images; thresholds from the calibration split: ${describeAim(aim)}`,
    '',
    ...formatTable(
      [
        { title: 'policy' },
        { title: 'right', align: 'right' },
        { title: 'points', align: 'right' },
        { title: 'MACs', align: 'right' },
        { title: 'fewer', align: 'right' },
        { title: `against ${REFERENCE}` },
        ...metadata.exits.map(({ name }) => ({ title: name, align: 'right' as const })),
        { title: 'thresholds' },
      ],
      [
        ...policies.map((policy) => row(policy.criterion, policy)),
        ['without exits', percent(plain.top1), points(0), shortMacs(plain.macs), '1.00×', '', ...rest, ''],
        row('cross-entropy-oracle *', oracleRule),
        ...(oracle === null
          ? []
          : [
              [
                'the best that is possible *',
                percent(oracle.top1),
                points(oracle.top1 - (plain.top1 ?? 0)),
                shortMacs(oracle.averageMacs),
                `${((plain.macs ?? 0) / oracle.averageMacs).toFixed(2)}×`,
                '',
                ...rest,
                '',
              ],
            ]),
      ],
      output.colors,
    ),
    '',
    ...(learned === undefined
      ? []
      : [
          `scheduler: learned as in EENet on ${count(learned.fittedOn)} of the calibration images, thresholds set on the other ${count(learned.samples)}`,
        ]),
    'most-confident: as in SDN, who reaches the end is answered by the surest of all exits (score: max-probability)',
    `against ${REFERENCE}: the difference in points on the same images and its ${percent(INTERVAL_CONFIDENCE, 0)} interval; only what is marked ≠ is a difference (McNemar’s test, counting that there are several)`,
    '* oracles: they look at the true classes, so they are bounds and no policies',
  );
}

/** How a policy differs from the reference on the same images. */
function describeAgainst({ against }: ComparedPolicy): string {
  if (against === null) return '';
  const { accuracyDifference: difference, isDifferent } = against;
  const of = (value: number): string => points(value) || '0.00';
  return `${isDifferent ? '≠' : ' '} ${of(difference.value)} (${of(difference.low)} to ${of(difference.high)})`;
}

/** A difference in percentage points, with its sign. */
function points(difference: number): string {
  const digits = Math.abs(difference * 100).toFixed(2);
  return `${digits === '0.00' ? '' : difference < 0 ? '−' : '+'}${digits}`;
}
