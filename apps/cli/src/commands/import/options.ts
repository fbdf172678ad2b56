import { declareCommand, operand } from '../../command';
import { listOption, switchOption, valueOption } from '../../options/declare-option';
import { preparationOptions } from '../../options/image-options';
import { listOf, text } from '../../options/option-values';

/** `earlyexit import` */
export const importNetwork = declareCommand({
  name: 'import',
  summary:
    'make layers of a convolutional network in ONNX, or of torchvision’s weights; writes a saved model',
  example: `$ earlyexit import classifier.onnx --out runs/mine --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225
runs/mine: classifier, 54 layers, 1.81 G MACs, 1,000 classes
next: earlyexit train runs/mine --exits … --dataset …

Weights that PyTorch saved as safetensors, for a network of the zoo whose exits are trained then:
$ earlyexit import resnet50.safetensors --model resnet50_earlyexit --out runs/resnet50
$ earlyexit train runs/resnet50 --regime frozen --dataset image-folder --data-dir photos`,
  operands: {
    source: operand(
      'the ONNX file of a classifier, or a safetensors file with weights of torchvision’s names',
    ),
  },
  options: {
    out: valueOption('dir', text(), 'folder of the saved model', { otherwise: 'runs/NAME' }),
    model: valueOption('name', text(), 'the network that the weights are for (safetensors)', {
      sets: ['getModelEntry.name', 'createModel.name', 'loadTorchvisionWeights.name'],
    }),
    classes: listOption('name', listOf(text()), 'names of the classes, in the order of the logits', {
      otherwise: 'those that the file knows, else numbers',
    }),
    ...preparationOptions,
    force: switchOption('write over a saved model that is there'),
  },
});
