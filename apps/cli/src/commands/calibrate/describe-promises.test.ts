import { expect, it } from 'vitest';
import { describeReject } from './describe-promises';

const found = {
  ...{ risk: 0.05, delta: 0.1, samples: 500, coverage: 1, empiricalRisk: 0.01 },
  statement: 'at most 5 % of the answers given are wrong',
};

it.each([
  [0, 'the final exit declines below a probability of 0, so it need decline nothing'],
  [0.99999, 'the final exit declines below a probability of 0.999990'],
  [0.00001, 'the final exit declines below a probability of 0.0000100000'],
])('says who declines below %d', (below, words) => {
  expect(describeReject({ reject: { ...found, below } })[0]).toContain(`wrong: ${words}, and 100.0 %`);
});
