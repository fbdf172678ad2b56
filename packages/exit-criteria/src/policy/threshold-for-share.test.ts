import { encodeThresholds } from './encode-thresholds';
import { expect, it } from 'vitest';
import { thresholdForShare } from './threshold-for-share';

const scores = [0.9, 0.1, 0.5, 0.7];

it.each([0, 0.25, 0.5, 0.75, 1])('lets %d leave, whichever end is surer', (share) => {
  const [high] = encodeThresholds('max-probability', [thresholdForShare('max-probability', scores, share)]);
  expect(scores.filter((score) => score >= high!)).toHaveLength(share * 4);
  const [low] = encodeThresholds('entropy', [thresholdForShare('entropy', scores, share)]);
  expect(scores.filter((score) => score < low!)).toHaveLength(share * 4);
});

it('is never for none and always for all', () => {
  for (const criterion of ['max-probability', 'entropy']) {
    expect(thresholdForShare(criterion, scores, 0)).toBe('never');
    expect(thresholdForShare(criterion, scores, 1)).toBe('always');
  }
});
