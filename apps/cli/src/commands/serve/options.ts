import { declareCommand } from '../../command';
import { valueOption } from '../../options/declare-option';
import { numberBetween, text, wholeNumber } from '../../options/option-values';
import { engineOrRuntimeOptions } from '../../options/shared-options';
import { predict } from '../predict/options';

const { criterion, earlyexit, invert, monitor } = predict.options;

/** `earlyexit serve` */
export const serve = declareCommand({
  name: 'serve',
  summary: 'answer requests over HTTP: Open Inference Protocol v2, and images as files',
  example: `$ earlyexit serve earlyexit-quickstart
b_lenet_mnist is served at http://127.0.0.1:8000
$ curl --data-binary @three.png http://127.0.0.1:8000/classify

Two models under names of your own, one of them in two versions:
$ earlyexit serve digits=runs/mine digits:2=runs/better photos=resnet.onnx --port 9000`,
  operands: {
    models: {
      kind: 'many',
      help: 'run folders, saved models, .onnx files, folders of exports or names of trained networks; NAME=MODEL or NAME:VERSION=MODEL gives one a name',
    },
  },
  options: {
    port: valueOption('n', wholeNumber(0), 'where to listen; 0 is a port that is free', { default: 8000 }),
    host: valueOption('address', text(), 'of this machine; 0.0.0.0 to be reached from others', {
      default: '127.0.0.1',
    }),
    maxBatch: valueOption('n', wholeNumber(), 'the most images computed together', { default: 32 }),
    maxDelayMs: valueOption(
      'ms',
      numberBetween(0, 10_000),
      'for which an idle server waits for more images',
      { default: 5 },
    ),
    queue: valueOption('n', wholeNumber(), 'the most images that wait; status 429 for more', {
      default: 256,
    }),
    timeoutMs: valueOption('ms', wholeNumber(), 'a request may take; status 503 for what takes longer', {
      default: 30_000,
    }),
    degradeTo: valueOption('risk', numberBetween(0, 1), 'the share of answers that pressure may change', {
      sets: ['relaxPolicy.risk'],
    }),
    maxMacs: valueOption('n', wholeNumber(), 'the most multiply-accumulates that an image may cost'),
    tokenFile: valueOption('path', text(), 'a file with the token that requests have to bring as Bearer'),
    tlsCert: valueOption('path', text(), 'certificate in PEM, for HTTPS; needs --tls-key'),
    tlsKey: valueOption('path', text(), 'its key in PEM; needs --tls-cert'),
    criterion,
    earlyexit,
    invert,
    monitor,
    ...engineOrRuntimeOptions,
  },
});
