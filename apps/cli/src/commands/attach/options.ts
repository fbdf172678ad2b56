import { declareCommand, operand } from '../../command';
import { listOption, offSwitch, valueOption } from '../../options/declare-option';
import { preparationOptions, promiseOptions } from '../../options/image-options';
import { listOf, oneOf, text, wholeNumber } from '../../options/option-values';

/** `earlyexit attach` */
export const attach = declareCommand({
  name: 'attach',
  summary: 'put early exits into any ONNX classifier, without labels or training of it',
  example: `$ earlyexit attach classifier.onnx fast.onnx --images photos --risk 0.02 --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225
$ earlyexit attach classifier.onnx fast.onnx --images photos --exits 30% 60% --hidden 0
$ earlyexit predict fast.onnx new-photos`,
  operands: {
    model: operand('the ONNX file of a classifier, from any program'),
    out: operand('the file to write: one conditional ONNX file, the exits inside'),
  },
  options: {
    ...promiseOptions,
    exits: listOption(
      'place',
      listOf(text()),
      'where: auto, or shares of the cost (30%) and names of tensors',
      {
        otherwise: 'auto',
      },
    ),
    hidden: valueOption(
      'n',
      wholeNumber(0),
      'neurons between pooled features and logits of a head; 0: a linear head',
      {
        default: 128,
      },
    ),
    mirror: offSwitch('do not let heads learn from mirrored images too, where there are few'),
    headImages: valueOption(
      'dir',
      text(),
      'a folder of more images, which only the heads learn from: those that the network was trained on will do',
    ),
    headSplit: valueOption('name', oneOf(['train']), 'with --dataset: the same, its training images'),
    headLimit: valueOption('n', wholeNumber(), 'take so many of those, drawn at random', {
      otherwise: 'all',
    }),
    keepIn: valueOption('dir', text(), 'where features are kept, so that interrupted work goes on there'),
    ...preparationOptions,
  },
});
