import { expect, it } from 'vitest';
import { checkThresholds } from './check-thresholds';

const exits = [{ name: 'exit0', attachedAfter: 'conv1' }, { name: 'exit1' }, { name: 'final' }];

it('makes a policy of one threshold per early exit', () => {
  expect(checkThresholds(exits, 'entropy', [0.5, 'never'])).toEqual({
    criterion: 'entropy',
    thresholds: [0.5, 'never'],
  });
});

it('names the exits where their number is another', () => {
  expect(() => checkThresholds(exits, 'entropy', [0.5])).toThrow(
    /checkThresholds\(\{ thresholds \}\): .*exit0 \(after conv1\), exit1\. Received: 1 \(0\.5\)/,
  );
  expect(() => checkThresholds(exits.slice(2), 'entropy', [0.5])).toThrow(/this network has none/);
});
