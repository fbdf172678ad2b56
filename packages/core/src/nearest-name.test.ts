import { expect, it } from 'vitest';
import { didYouMean, nearestName, nearestNames } from './nearest-name';

const names = ['resnet20_cifar', 'resnet20_cifar_earlyexit', 'b_lenet', 'lenet'];

it.each([
  ['resnet20_cifar_earlyexti', 'resnet20_cifar_earlyexit'],
  ['ResNet20_CIFAR', 'resnet20_cifar'],
  ['b-lenet', 'b_lenet'],
  ['lnet', 'lenet'],
])('takes %s for %s', (word, expected) => {
  expect(nearestName(word, names)).toBe(expected);
});

it('is silent when nothing is near', () => {
  expect(nearestName('transformer', names)).toBeNull();
  expect(nearestName('xy', ['ab'])).toBeNull();
  expect(nearestName('', names)).toBeNull();
});

it('names several, nearest first, up to the limit', () => {
  expect(nearestNames('blenet', names)).toEqual(['b_lenet', 'lenet']);
  expect(nearestNames('blenet', names, 1)).toEqual(['b_lenet']);
});

it('counts a swap of neighbours as one mistake', () => {
  // Two replacements would be as far as "abdd", listed first.
  expect(nearestName('abdc', ['xbdx', 'abcd'])).toBe('abcd');
});

it('words the way out of a wrong name, if any is near', () => {
  expect(didYouMean('margn', ['margin', 'marlin', 'energy'])).toBe('Did you mean margin or marlin');
  expect(didYouMean('transformer', ['margin', 'energy'])).toBeUndefined();
});
