import { expect, it } from 'vitest';
import { parseServedName } from './parse-served-name';

it.each([
  ['runs/mine', 'runs/mine', 'mine', '1'],
  ['exports/My net (2).onnx', 'exports/My net (2).onnx', 'My-net-2-', '1'],
  ['b_lenet.mnist', 'b_lenet.mnist', 'b_lenet.mnist', '1'],
  ['digits=runs/a=b', 'runs/a=b', 'digits', '1'],
  ['digits:2=runs/better', 'runs/better', 'digits', '2'],
  ['runs/a=b', 'runs/a=b', 'a-b', '1'],
  ['..', '..', 'model', '1'],
])('reads %s', (word, model, name, version) => {
  expect(parseServedName(word)).toEqual({ model, name, version });
});
