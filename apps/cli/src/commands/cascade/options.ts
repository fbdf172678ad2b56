import { declareCommand, operand } from '../../command';
import { numberListOption, valueOption } from '../../options/declare-option';
import { numbers, preparationOptions, promiseOptions } from '../../options/image-options';
import { oneOf, wholeNumber } from '../../options/option-values';

/** `earlyexit cascade` */
export const cascade = declareCommand({
  name: 'cascade',
  summary: 'make one conditional ONNX file of a small classifier and a large one, without training',
  example: `$ earlyexit cascade small.onnx large.onnx both.onnx --images photos --risk 0.01 --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225
$ earlyexit cascade small.onnx large.onnx both.onnx --dataset cifar10 --loss gap --risk 0.003 --mean 0.5 --std 0.5
$ earlyexit predict both.onnx new-photos`,
  operands: {
    small: operand('the ONNX file of the network that runs on every image'),
    large: operand(
      'the ONNX file of the network that runs where the small one is not sure; same classes, same order',
    ),
    out: operand('the file to write: one conditional ONNX file of both'),
  },
  options: {
    ...promiseOptions,
    ...preparationOptions,
    smallMean: numberListOption('m', numbers(), '--mean of the small network', {
      otherwise: 'as the large one',
    }),
    smallStd: numberListOption('s', numbers(), '--std of the small network', {
      otherwise: 'as the large one',
    }),
    smallColor: valueOption('order', oneOf(['rgb', 'bgr']), '--color of the small network', {
      otherwise: 'as the large one',
    }),
    smallSize: valueOption('n', wholeNumber(), '--size of the small network, where its file leaves it free'),
  },
});
