import {
  type ComparedPolicy,
  COMPARISON_REFERENCE as REFERENCE,
  type ComparisonDocument,
  describeAim,
  INTERVAL_CONFIDENCE,
} from '@earlyexit/evaluation';
import type { Colors } from '../../terminal/colors';
import { count, percent, shortMacs } from '@earlyexit/core/format';
import { formatTable } from '../../terminal/table';

/** Every policy at the same aim, in one table. */
export function describeComparison(document: ComparisonDocument, colors: Colors): string[] {
  const { model, dataset, samples, aim, static: plain, oracle, criteria, oracleRule, oracleRules } = document;
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
  const { exits } = oracleRule;
  const rest = [...exits.map(() => ''), ''];
  const learned = criteria.find(({ kind }) => kind === 'learned')?.calibration;
  return [
    `${model} on ${dataset}: ${count(samples)} test images; thresholds from the calibration split: ${describeAim(aim)}`,
    '',
    ...formatTable(
      [
        ...['policy', '>right', '>points', '>MACs', '>fewer', `against ${REFERENCE}`],
        ...exits.map(({ name }) => `>${name}`),
        'thresholds',
      ],
      [
        ...criteria.map((policy) => row(policy.criterion, policy)),
        ['without exits', percent(plain.top1), points(0), shortMacs(plain.macs), '1.00×', '', ...rest],
        ...oracleRules.map((rule) => row(`${rule.criterion} *`, rule)),
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
              ],
            ]),
      ],
      colors,
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
  ];
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
