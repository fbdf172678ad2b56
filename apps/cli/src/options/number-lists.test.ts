import { expect, it } from 'vitest';
import { joinNumberLists } from './number-lists';

const listFlags = new Set(['--earlyexit', '--earlyexit_thresholds', '--lossweights']);

it.each([
  [
    'ends a list where the numbers end',
    'evaluate --earlyexit 0.4 never MODEL',
    'evaluate --earlyexit=0.4 --earlyexit=never MODEL',
  ],
  ['takes the first value in any case', '--earlyexit sometimes 0.5', '--earlyexit=sometimes --earlyexit=0.5'],
  [
    'takes negative numbers',
    '--lossweights -0.2 1e-3 --epochs 1',
    '--lossweights=-0.2 --lossweights=1e-3 --epochs 1',
  ],
  [
    'takes words that are no finite numbers, to be refused later',
    '--earlyexit_thresholds 0.1 nan',
    '--earlyexit_thresholds=0.1 --earlyexit_thresholds=nan',
  ],
  ['leaves a missing value to the parser', '--earlyexit --json', '--earlyexit --json'],
  ['leaves other options alone', '--exits 1 2 --epochs 3', '--exits 1 2 --epochs 3'],
  ['changes nothing behind --', '-- --earlyexit 1', '-- --earlyexit 1'],
])('%s', (_, before, after) => {
  expect(joinNumberLists(before.split(' '), listFlags)).toEqual(after.split(' '));
});
