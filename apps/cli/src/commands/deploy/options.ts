import { declareCommand, operand } from '../../command';
import { serve } from '../serve/options';

const { maxBatch, maxDelayMs, queue } = serve.options;

/** `earlyexit deploy` */
export const deploy = declareCommand({
  name: 'deploy',
  summary: 'write what another server needs to serve an exported network: triton',
  example: `$ earlyexit export runs/mine mine.onnx --thresholds-as constants
$ earlyexit deploy triton mine.onnx models
models/mine/1/model.onnx
models/mine/labels.txt
models/mine/config.pbtxt
tritonserver --model-repository=models`,
  operands: {
    engine: operand('triton: a model repository of NVIDIA Triton, which KServe serves too'),
    model: operand('an .onnx file with its thresholds built in; NAME=FILE or NAME:VERSION=FILE names it'),
    out: operand('the folder of the repository'),
  },
  options: { maxBatch, maxDelayMs, queue },
});
