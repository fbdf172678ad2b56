import type { OnnxFileMetadata } from '@earlyexit/inference/onnx';

/** What a Triton model configuration says besides what the file does. */
export interface TritonSettings {
  readonly name: string;
  /** The most images computed together; 0 where Triton is to form no batches. */
  readonly maxBatch: number;
  /** The longest that a request waits for others, in milliseconds. */
  readonly maxDelayMs: number;
  /** The most requests that wait. */
  readonly queue: number;
}

/** The file with the names of the classes, beside the configuration. */
export const LABELS_FILE = 'labels.txt';

/**
 * The `config.pbtxt` of a conditional or static file, in the text format of Triton's `ModelConfig`. The outputs are those
 * of the file. `exit_index` and `score` have no axis but the batch's, which Triton writes as one that is reshaped away.
 */
export function tritonConfig(
  { inputShape, network, kind }: Pick<OnnxFileMetadata, 'inputShape' | 'network' | 'kind'>,
  { name, maxBatch, maxDelayMs, queue }: TritonSettings,
): string {
  const [height, width, channels] = inputShape;
  const dims = inputShape.length === 3 ? [channels, height, width] : inputShape;
  const scalar = (output: string, type: string): string =>
    `  { name: "${output}" data_type: ${type} dims: [ 1 ] reshape { shape: [ ] } }`;
  const outputs = [
    `  { name: "logits" data_type: TYPE_FP32 dims: [ ${network.classes.length} ] label_filename: "${LABELS_FILE}" }`,
    ...(kind === 'static' ? [] : [scalar('exit_index', 'TYPE_INT64'), scalar('score', 'TYPE_FP32')]),
  ];
  return `# An early-exit network in one file: how many layers an image takes is decided inside.
name: ${JSON.stringify(name)}
platform: "onnxruntime_onnx"
max_batch_size: ${maxBatch}
input [
  { name: "pixel_values" data_type: TYPE_FP32 dims: [ ${dims.join(', ')} ] }
]
output [
${outputs.join(',\n')}
]
dynamic_batching {
  max_queue_delay_microseconds: ${Math.round(maxDelayMs * 1000)}
  default_queue_policy {
    timeout_action: REJECT
    allow_timeout_override: true
    max_queue_size: ${queue}
  }
}
`;
}
