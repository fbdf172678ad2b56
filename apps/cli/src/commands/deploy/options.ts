import { declareCommand, operand } from '../../command';
import { serve } from '../serve/options';

const { maxBatch, maxDelayMs, queue } = serve.options;

/** `earlyexit deploy` */
export const deploy = declareCommand({
  name: 'deploy',
  summary: 'write what another engine needs to run an exported network: triton, beam or ray',
  example: `$ earlyexit export runs/mine mine.onnx --thresholds-as constants
$ earlyexit deploy triton mine.onnx models
models/mine/1/model.onnx
models/mine/labels.txt
models/mine/config.pbtxt
tritonserver --model-repository=models`,
  operands: {
    engine: operand('triton: a repository for NVIDIA Triton and KServe; beam, ray: a pipeline in Python'),
    model: operand('an .onnx file with its thresholds built in; NAME=FILE or NAME:VERSION=FILE names it'),
    out: operand('the folder of the repository, or of the pipeline'),
  },
  options: { maxBatch, maxDelayMs, queue },
});
