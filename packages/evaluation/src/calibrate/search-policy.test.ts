import { costsOf, summarizeExits } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { searchPolicy } from './search-policy';

const cached = inventLogits({ samples: 1000, seed: 2 });
const metadata = inventMetadata(['exit0', 'exit1', 'final'], ['a', 'b', 'c', 'd', 'e', 'f']);

it('searches for the thresholds of a criterion, with the temperatures that are stored', () => {
  const temperatures = [1.5, 1.2, 1];
  const policy = { criterion: 'max-probability', thresholds: [0.7, 0.6], temperatures, promise: null };
  const model = { metadata: { ...metadata, policy } as never };
  const found = searchPolicy(model, cached, { criterion: 'margin', aim: { maxAccuracyDrop: 0 } });
  expect(found).toMatchObject({ criterion: 'margin', temperatures });
  const { top1, static: plain } = summarizeExits(cached, found, costsOf(metadata));
  expect(top1!).toBeGreaterThanOrEqual(plain.top1!);
});

it('fits temperatures where none are stored', () => {
  const model = { metadata: { ...metadata, policy: null } };
  const { temperatures } = searchPolicy(model, cached, { criterion: 'entropy', aim: { targetMacs: 0.8 } });
  expect(temperatures).toHaveLength(3);
  expect(temperatures.every((each) => each === 1)).toBe(false);
});
