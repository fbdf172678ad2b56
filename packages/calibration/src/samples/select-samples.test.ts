import { expect, it } from 'vitest';
import { selectSamples, splitSamples } from './select-samples';
import { syntheticLogits } from '../test-data';

const cached = syntheticLogits({ samples: 30, exits: 2, classes: 3 });
const rowOf = (logits: Float32Array, row: number): number[] => [...logits.subarray(3 * row, 3 * row + 3)];

it('takes rows in the order asked for, labels with them', () => {
  const { exits, samples, labels } = selectSamples(cached, Int32Array.of(7, 0));
  expect(samples).toBe(2);
  expect([...labels]).toEqual([cached.labels[7], cached.labels[0]]);
  expect(rowOf(exits[1]!, 0)).toEqual(rowOf(cached.exits[1]!, 7));
  expect(selectSamples({ ...cached, labels: null }, Int32Array.of(1)).labels).toBeNull();
});

it('splits into parts that share no sample and miss none, the same for the same seed', () => {
  const [first, second] = splitSamples(cached, 0.4, 7);
  expect([first.samples, second.samples]).toEqual([12, 18]);
  const all = [...first.exits[0]!, ...second.exits[0]!].sort();
  expect(all).toEqual([...cached.exits[0]!].sort());
  expect(splitSamples(cached, 0.4, 7)[0].exits).toEqual(first.exits);
  expect(splitSamples(cached, 0.4, 8)[0].exits).not.toEqual(first.exits);
});

it.each([0, 1, 0.001, NaN])('refuses a share of %f', (share) => {
  expect(() => splitSamples(cached, share)).toThrow('both parts hold at least one sample');
});
