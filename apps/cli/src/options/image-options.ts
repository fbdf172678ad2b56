import {
  listOption,
  numberListOption,
  offSwitch,
  type OptionValues,
  switchOption,
  valueOption,
} from './declare-option';
import { listOf, numberBetween, oneOf, text, wholeNumber } from './option-values';
import { accuracyDrop, delta, risk } from './policy-options';

const LARGEST = 1e6;
/** Numbers of channels. */
export const numbers = () => listOf(numberBetween(-LARGEST, LARGEST));

/** How images are prepared for a network, as its training did it. */
export const preparationOptions = {
  mean: numberListOption(
    'm',
    numbers(),
    'taken off each channel of pixels from 0 to 1: one number, or one a channel',
    {
      otherwise: 'what preprocessor_config.json beside the file says',
    },
  ),
  std: numberListOption('s', numbers(), 'what each channel is divided by then', {
    otherwise: 'as for --mean',
    sets: ['standardDeviation'],
  }),
  color: valueOption('order', oneOf(['rgb', 'bgr']), 'the order of the colours that the network takes', {
    default: 'rgb',
  }),
  layout: valueOption('kind', oneOf(['channels-first', 'channels-last']), 'the order of the axes', {
    otherwise: 'what the file says',
  }),
  size: valueOption('n', wholeNumber(), 'pixels a side, where the file leaves them free'),
  output: valueOption('name', text(), 'the output with the answers, where there are several'),
};

/** The same as a library takes it. */
export const asStated = ({ std, ...rest }: OptionValues<typeof preparationOptions>) => ({
  ...rest,
  standardDeviation: std,
});

/** Images to find thresholds on, and what for. */
export const promiseOptions = {
  images: valueOption(
    'dir',
    text(),
    'a folder of images like those to come, which the network was not trained on; no labels are needed',
  ),
  dataset: valueOption('name', text(), 'the test images of a data set instead: see `earlyexit datasets`'),
  dataDir: valueOption('path', text(), 'where the data lie: a folder or an archive'),
  split: valueOption(
    'name',
    oneOf(['test', 'train']),
    'which images of the data set: train only where the network was trained on other data',
    { default: 'test' as const },
  ),
  trainedOn: valueOption(
    'data',
    text(),
    'a folder of images that the network was trained on, or the name of a data set: given images that are among those are refused',
  ),
  skipTrained: switchOption('leave out what --trained-on finds, and say how many'),
  limit: valueOption('n', wholeNumber(), 'take so many of the images, drawn at random', { otherwise: 'all' }),
  risk: valueOption(
    'eps',
    risk(),
    'the largest share of answers that may differ from the network’s own; 0.02 is two percent',
    { default: 0.02 },
  ),
  delta: valueOption('d', delta(), 'the probability with which the promise may fail', {
    default: 0.1,
  }),
  loss: valueOption(
    'name',
    oneOf(['consistency', 'gap']),
    'what the risk counts: consistency, answers that differ, or gap, accuracy lost (needs --dataset)',
    { default: 'consistency' as const },
  ),
  maxAccuracyDrop: valueOption(
    'pp',
    accuracyDrop(),
    'aim at an accuracy instead, so many percentage points below; promises nothing (needs --dataset)',
  ),
  maxMacs: valueOption(
    'n',
    wholeNumber(),
    'no image may cost more: the last exit within it answers what is left, and nothing is promised',
  ),
  classes: listOption('name', listOf(text()), 'names of the classes, in the order of the logits', {
    otherwise: 'those of the data set, else numbers',
  }),
  thresholdsAs: valueOption(
    'how',
    oneOf(['input', 'constants']),
    'constants: built in, the file runs wherever the network did; input: fed at run time',
    {
      default: 'constants' as const,
    },
  ),
  dtype: valueOption('type', oneOf(['float32', 'int8']), 'what convolutions compute in', {
    otherwise: 'float32',
  }),
  minAgreement: valueOption('share', numberBetween(0, 1), 'int8: least share answered as in float32 (0.8)'),
  staged: valueOption('dir', text(), 'also one file a stage, into this folder: for runtimes without If'),
  folder: valueOption('dir', text(), 'also a model folder in the layout of the hub, for transformers.js'),
  static: valueOption('file', text(), 'also the network alone, for bench --static'),
  report: valueOption('file', text(), 'also a report, one HTML file; without labels the network is right'),
  batches: numberListOption('n', listOf(wholeNumber()), 'batch sizes to time', { default: [1, 64] }),
  timing: offSwitch('do not measure how much faster the file is'),
  seed: valueOption('n', wholeNumber(0), 'of the parts of the images, and of the heads', { default: 0 }),
  force: switchOption('write over a file that earlyexit did not write'),
};
