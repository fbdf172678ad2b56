import { comparePaired } from '@earlyexit/calibration';
import { expect, it } from 'vitest';
import { describeDifference } from './describe-difference';

const macs = new Float64Array(1000);
const wrongUpTo = (end: number): Uint8Array => Uint8Array.from(macs, (_, row) => (row < end ? 0 : 1));
const compare = (first: number, second: number): string =>
  describeDifference(
    comparePaired({ correct: wrongUpTo(first), macs }, { correct: wrongUpTo(second), macs }),
  );

it('calls accuracies different where the paired test does', () => {
  expect(compare(60, 20)).toMatch(/^4\.00 points below \(95 % interval: from 2\.\d+ points below to 5\.\d+ /);
  expect(compare(20, 60)).toMatch(/^4\.00 points above/);
  expect(compare(22, 20)).toMatch(
    /^no difference shown \(95 % interval: from 0\.\d+ points above to 0\.\d+ /,
  );
  expect(compare(20, 20)).toMatch(/^no difference shown/);
});
