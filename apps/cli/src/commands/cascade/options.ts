import { declareCommand, operand } from '../../command';
import { listOption, numberListOption, valueOption } from '../../options/declare-option';
import { numbers, preparationOptions, promiseOptions } from '../../options/image-options';
import { listOf, oneOf, text, wholeNumber } from '../../options/option-values';

/** `earlyexit cascade` */
export const cascade = declareCommand({
  name: 'cascade',
  summary:
    'make one conditional ONNX file of a small classifier and a large one, or of more, without training',
  example: `$ earlyexit cascade small.onnx large.onnx both.onnx --images photos --risk 0.01 --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225
$ earlyexit cascade small.onnx large.onnx both.onnx --dataset cifar10 --loss gap --risk 0.003 --mean 0.5 --std 0.5
$ earlyexit cascade small.onnx medium.onnx large.onnx three.onnx --images photos --mean 0.5 --std 0.5
$ earlyexit predict both.onnx new-photos`,
  operands: {
    small: operand('the ONNX file of the network that runs on every image'),
    large: operand('the ONNX file of the network that runs where the small one is not sure; same classes'),
    out: {
      kind: 'many',
      help: 'the file to write: one conditional ONNX file of both. Before it further networks, each larger than the one before',
    },
  },
  options: {
    ...promiseOptions,
    ...preparationOptions,
    smallMean: numberListOption('m', numbers(), '--mean of all networks but the last', {
      otherwise: 'as the last one',
    }),
    smallStd: numberListOption('s', numbers(), '--std of all networks but the last', {
      otherwise: 'as the last one',
    }),
    smallColor: valueOption('order', oneOf(['rgb', 'bgr']), '--color of all networks but the last', {
      otherwise: 'as the last one',
    }),
    smallSize: valueOption(
      'n',
      wholeNumber(),
      '--size of all networks but the last, where a file leaves it free',
    ),
    smallClasses: listOption('name', listOf(text()), '--classes of all networks but the last', {
      sets: ['small.classes'],
      otherwise: 'as the last one',
    }),
  },
});
