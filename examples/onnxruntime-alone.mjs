// A conditional network on onnxruntime-node alone: nothing of earlyexit is needed to run what it exported.
//   npx earlyexit export earlyexit-quickstart network.onnx && node examples/onnxruntime-alone.mjs network.onnx
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(process.argv[2] ?? 'network.onnx');
console.log('inputs', session.inputNames, 'outputs', session.outputNames);
// → inputs [ 'pixel_values', 'thresholds' ] outputs [ 'logits', 'exit_index', 'score' ]

// Two images of noise; yours are [batch, channels, height, width], standardised as the file's metadata says.
const [{ shape }] = session.inputMetadata;
const image = shape.slice(1);
const size = image.reduce((product, length) => product * length, 1);
const pixels = Float32Array.from({ length: 2 * size }, (_, index) => Math.sin(index));
const pixel_values = new Tensor('float32', pixels, [2, ...image]);

// One threshold an early exit, as `earlyexit calibrate` found them. With max-probability an exit answers from its
// threshold on: at 0 always, at infinity never.
for (const threshold of [0, Infinity]) {
  const thresholds = new Tensor('float32', Float32Array.of(threshold), [1]);
  const { logits, exit_index } = await session.run({ pixel_values, thresholds });
  console.log(`threshold ${threshold}: answers`, logits.dims, 'from exits', [...exit_index.data].map(Number));
}
// → threshold 0: answers [ 2, 10 ] from exits [ 0, 0 ]
// → threshold Infinity: answers [ 2, 10 ] from exits [ 1, 1 ]
