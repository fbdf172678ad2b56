import { declareCommand, optionalOperand } from '../../command';
import { numberListOption, switchOption, valueOption } from '../../options/declare-option';
import {
  criterion,
  engineOrRuntime,
  listOf,
  numberBetween,
  oneOf,
  text,
  wholeNumber,
} from '../../options/option-values';
import { datasetOptions, exitsOption } from '../../options/shared-options';

/** `earlyexit bench` */
export const bench = declareCommand({
  name: 'bench',
  summary: 'time inference, without exits against with them; or training, with --training',
  example: `$ earlyexit bench resnet56_cifar --exits block4 --dataset cifar10 --shares 0 0.7 --batches 1 64
resnet56_cifar on onnxruntime-node 1.30.0, images of cifar10, medians of 9 rounds in turn

threads  batch  leave early  ms a batch  images a second  without exits  speed-up  MACs saved  efficiency
      1      1        0.0 %        2.41              415            436     0.95×       1.00×        0.95
      1      1       69.9 %        1.06              943            436     2.16×       2.47×        0.88
…
$ earlyexit bench resnet20_cifar --exits block3 --training --engine tensorflow --peer
training steps on noise, medians of 5 rounds in turn

engine      network         threads  workers  batch  ms an image  step / forward  stock TensorFlow.js       PyTorch  PyTorch compiled
tensorflow  resnet20_cifar        1        1    128         5.64            2.77        12.48 (2.21×)  5.45 (0.95×)      6.63 (1.18×)`,
  operands: {
    model: optionalOperand(
      'a run folder, a saved model folder, an .onnx file, or the name of a network (see `earlyexit models`); with --training the name of a network, by default two ResNets with one exit',
    ),
  },
  options: {
    exits: exitsOption,
    dtype: valueOption(
      'type',
      oneOf(['float32', 'int8']),
      'float32 (default), or int8, also compared with float32 without exits',
    ),
    shares: numberListOption(
      's',
      listOf(numberBetween(0, 1)),
      'thresholds that let this share of the images leave at the first exit',
      { otherwise: "the model's own thresholds, else 0 0.5 0.7 0.9" },
    ),
    criterion: valueOption('name', criterion(), 'another criterion than the calibrated one', {
      otherwise: 'max-probability',
    }),
    batches: numberListOption('n', listOf(wholeNumber()), 'batch sizes', {
      otherwise: '1 64; with --training 128',
    }),
    threads: numberListOption('n', listOf(wholeNumber()), 'threads of the engine', { default: [1] }),
    rounds: valueOption('n', wholeNumber(), 'how often each variant is timed', {
      otherwise: '9; with --training 5',
    }),
    images: valueOption('n', wholeNumber(), 'how many images a round takes', { default: 256 }),
    static: valueOption(
      'file',
      text(),
      'the network of an .onnx file without exits (export --static), to compare with',
      { remedy: 'Give the same network as export --static writes it' },
    ),
    training: switchOption('time training steps, on noise, instead of inference'),
    engine: valueOption(
      'name',
      engineOrRuntime(),
      'onnxruntime (default) or openvino; with --training tensorflow, wasm, webgpu or cpu (default: tensorflow and wasm, those that are here)',
    ),
    workers: numberListOption(
      'n',
      listOf(wholeNumber()),
      'with --training: threads that share a batch on wasm',
      { otherwise: '1' },
    ),
    peer: switchOption('also time the same network in PyTorch'),
    peerPython: valueOption('path', text(), 'a Python that has torch', {
      otherwise: '.peer/bin/python, then python3',
    }),
    seed: valueOption('n', wholeNumber(0), 'of random weights and images', { default: 0 }),
    ...datasetOptions,
  },
});
