import { expect, it } from 'vitest';
import { corruptionLabel, parseCorruptions } from './parse-corruptions';

const read = (...words: string[]): string => parseCorruptions(words).map(corruptionLabel).join(' ');

it('reads one severity, all of one corruption, and everything, each once', () => {
  expect(read('noise:3')).toBe('noise:3');
  expect(read('blur:2', 'blur')).toBe('blur:2 blur:1 blur:3 blur:4 blur:5');
  expect(parseCorruptions(['all', 'noise'])).toHaveLength(15);
});

it('explains what there is not', () => {
  expect(() => read('noies:3')).toThrow(/corrupt }\): .*Received: noies:3\. Did you mean noise/);
  expect(() => read('noise:6')).toThrow(/from 1 to 5.*Received: noise:6/);
  expect(() => read('noise:')).toThrow(/from 1 to 5/);
  expect(() => read('noise:1:2')).toThrow(/Received: noise:1:2/);
  expect(() => read('snow')).toThrow(/one of noise, blur, contrast/);
});
