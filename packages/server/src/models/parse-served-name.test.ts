import { expect, it } from 'vitest';
import { parseServedName } from './parse-served-name';

it.each([
  ['runs/mine', 'runs/mine', 'mine', undefined],
  ['exports/My net (2).onnx', 'exports/My net (2).onnx', 'My-net-2-', undefined],
  ['b_lenet.mnist', 'b_lenet.mnist', 'b_lenet.mnist', undefined],
  ['digits=runs/a=b', 'runs/a=b', 'digits', undefined],
  ['digits:2=runs/better', 'runs/better', 'digits', '2'],
  ['runs/a=b', 'runs/a=b', 'a-b', undefined],
  ['..', '..', undefined, undefined],
])('reads %s', (word, model, name, version) => {
  expect(parseServedName(word)).toEqual({ model, name, version });
});
