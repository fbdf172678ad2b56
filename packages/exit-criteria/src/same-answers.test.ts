import { expect, it } from 'vitest';
import { shareOfRightAnswers, shareOfSameAnswers } from './same-answers';

const logits = Float32Array.of(2, 1, 0, 3, 5, 4, 1, 2);

it('counts the answers that are those of the labels', () => {
  expect(shareOfRightAnswers(logits, Int32Array.of(0, 1, 1, 1), 2)).toBe(0.75);
  expect(shareOfRightAnswers(new Float32Array(), new Int32Array(), 2)).toBeNaN();
});

it('counts the answers that are the same', () => {
  expect(shareOfSameAnswers(logits, Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1), 2)).toBe(0.75);
  expect(shareOfSameAnswers(new Float32Array(), new Float32Array(), 2)).toBe(1);
});
