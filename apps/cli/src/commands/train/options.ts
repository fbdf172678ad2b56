import type { OptimizerName, RegimeName, ScheduleName } from '@earlyexit/trainer';
import { z } from 'zod';
import { declareCommand, optionalOperand } from '../../command';
import {
  listOption,
  numberListOption,
  offSwitch,
  switchOption,
  valueOption,
} from '../../options/declare-option';
import {
  countOrShare,
  criterion,
  listOf,
  numberBetween,
  oneOf,
  positiveNumber,
  text,
  wholeNumber,
} from '../../options/option-values';
import { thresholdsOption } from '../../options/policy-options';
import { datasetOptions, engineOptions } from '../../options/shared-options';

// The trainer has these names too, but it loads TensorFlow.js: `--help` should not wait for that.
const optimizers = ['sgd', 'adam', 'adamw'] as const satisfies readonly OptimizerName[];
const schedules = ['constant', 'step', 'cosine', 'one-cycle'] as const satisfies readonly ScheduleName[];
const regimes = [
  ...(['joint', 'two-stage', 'frozen', 'cascade', 'distill'] as const),
  ...(['annealed-distill', 'be-your-own-teacher', 'mixed'] as const),
  ...(['gradient-equilibrium', 'shallow-deep', 'boosted', 'zero-time-waste'] as const),
] as const satisfies readonly RegimeName[];
const workers = z.union([z.literal('auto'), wholeNumber()], {
  error: 'it is a whole number of at least 1, or auto',
});

/** `earlyexit train` */
export const train = declareCommand({
  name: 'train',
  summary: 'train a network with early exits; writes a run folder',
  example: `$ earlyexit train --model b_lenet --dataset mnist --epochs 3 --lossweights 0.4 --out runs/digits
engine: wasm 4.22.0
b_lenet on mnist: 52,500 training and 2,500 validation samples, 3 epochs
…
saved in runs/digits; next: earlyexit calibrate runs/digits

Ctrl-C saves a checkpoint; this goes on with it:
$ earlyexit train --resume --out runs/digits

Your own photographs, one folder a class, and exits where you want them:
$ earlyexit train --model resnet20_cifar --exits block3 block6:conv-dense \\
    --dataset image-folder --data-dir photos --out runs/photos

A network of another program, with exits:
$ earlyexit import classifier.onnx --out runs/mine
$ earlyexit train runs/mine --exits layer1.2.relu layer2.2.relu --dataset cifar10`,
  operands: {
    model: optionalOperand(
      'the network: a registered one, or a saved one to go on from; in place of --model',
    ),
  },
  options: {
    model: valueOption('name', text(), 'network: see `earlyexit models`, or the folder of a saved one', {
      sets: ['getModelEntry.name', 'createModel.name'],
    }),
    exits: listOption(
      'exit',
      listOf(text()),
      'attach exits to a plain network: LAYER or LAYER:HEAD, a layer by name or block4 (the fourth residual block)',
    ),
    ...datasetOptions,
    dataset: valueOption('name', text(), 'data set: see `earlyexit datasets`', {
      otherwise: 'the usual one of the network',
    }),
    imageSize: valueOption('pixels', wholeNumber(), 'side of the images of an image-folder', {
      otherwise: 'as the network was published',
      sets: ['size', 'inputShape'],
    }),
    epochs: valueOption('n', wholeNumber(), 'how often the training data are gone through', { default: 10 }),
    batchSize: valueOption('n', wholeNumber(), 'samples a step', { default: 128 }),
    workers: valueOption(
      'n',
      workers,
      'threads that share each batch on the WASM engine, or auto: as many as there are cores',
      { default: 1 },
    ),
    optimizer: valueOption('name', oneOf(optimizers), 'sgd, adam or adamw', { default: 'adamw' }),
    lr: valueOption('x', positiveNumber(), 'highest learning rate', {
      otherwise: '0.01 for sgd, 0.002 for adam and adamw',
      sets: ['learningRate'],
    }),
    momentum: valueOption('x', numberBetween(0, 1, false), 'of sgd', { default: 0.9 }),
    nesterov: switchOption('Nesterov momentum'),
    weightDecay: valueOption('x', numberBetween(0, 1), '', {
      otherwise: '0.0001 for sgd, 0 for adam, 0.01 for adamw',
    }),
    schedule: valueOption('name', oneOf(schedules), 'constant, step, cosine or one-cycle', {
      default: 'one-cycle',
    }),
    warmupEpochs: valueOption('n', numberBetween(0, 1e6), 'epochs in which the learning rate rises', {
      default: 0,
    }),
    labelSmoothing: valueOption(
      'x',
      numberBetween(0, 1, false),
      'share of the target spread over all classes',
      { default: 0 },
    ),
    ema: valueOption(
      'x',
      numberBetween(0, 1, false),
      'decay of a moving average of the weights, which is then what is saved',
      { sets: ['averageDecay'] },
    ),
    clipNorm: valueOption('x', positiveNumber(), 'longest gradient'),
    patience: valueOption('n', wholeNumber(), 'stop after so many epochs without a better one'),
    keep: valueOption('n', wholeNumber(), 'checkpoints to keep', { default: 2, sets: ['keepCheckpoints'] }),
    microBatch: valueOption('n', wholeNumber(), 'samples computed at a time, the batch in parts', {
      otherwise: 'the batch, or what fits of large images',
    }),
    checkpointEvery: valueOption('steps', wholeNumber(), 'a checkpoint also within an epoch'),
    regime: valueOption('name', oneOf(regimes), `how the parts are trained: ${regimes.join(', ')}`, {
      default: 'joint',
    }),
    admitGain: valueOption(
      'macs',
      wholeNumber(0),
      'of a cascade: an exit stays only if it saves more MACs a training image than this',
      { otherwise: 'all exits stay' },
    ),
    lossweights: numberListOption(
      'w',
      listOf(numberBetween(-1e9, 1e9)),
      'one per early exit; the final exit weighs 1 − their sum',
      {
        otherwise: 'the network’s own',
        spellings: ['--earlyexit_lossweights'],
        sets: ['lossWeights', 'earlyWeights'],
      },
    ),
    earlyexit: thresholdsOption(
      'thresholds used when validating, one per early exit: a number, never or always',
    ),
    criterion: valueOption('name', criterion(), 'what the thresholds are compared with', {
      otherwise: 'max-probability',
    }),
    augment: offSwitch(
      'no random changes of the training images (by default as is usual for the data set: CIFAR and photographs are cropped and flipped)',
    ),
    validation: valueOption('n', countOrShare(), 'size of the validation split, a count or a share'),
    calibration: valueOption('n', countOrShare(), 'size of the calibration split, a count or a share'),
    limit: valueOption('n', wholeNumber(), 'keep so many training samples; calibration and test stay whole'),
    seed: valueOption('n', wholeNumber(0), 'of weights, splits and order', { default: 0 }),
    out: valueOption('dir', text(), 'run folder', { otherwise: 'runs/MODEL', sets: ['runDirectory'] }),
    resume: switchOption('go on with the run in --out'),
    config: valueOption(
      'file',
      text(),
      'options from a YAML or JSON file, or from the config.json of a run; flags win',
      { inConfigFile: false },
    ),
    tensorboard: switchOption('also write event files for TensorBoard, in tensorboard/ of the run folder'),
    watch: switchOption('show the training on a live page of this machine, whose address is printed'),
    dryRun: switchOption('build, check, print the plan and its cost, train nothing'),
    ...engineOptions,
  },
});
