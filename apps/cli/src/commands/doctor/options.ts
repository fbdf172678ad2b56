import { declareCommand, optionalOperand } from '../../command';

/** `earlyexit doctor` */
export const doctor = declareCommand({
  name: 'doctor',
  summary: 'what this machine can do: engines, versions, speeds, and how to get what is missing',
  example: `$ earlyexit doctor
earlyexit 0.1.0, Node v20.20.2, linux x64
…
engines
  – tensorflow: native TensorFlow is not installed
      Install it with: earlyexit engine install tensorflow
  ✓ wasm 4.22.0: WebAssembly with SIMD; comes with npm alone, small convolution right in 24 ms ← auto takes this one
…
runtimes of exported networks
  ✓ onnxruntime: onnxruntime-node 1.30.0, a tiny network right in 11 ms
  – openvino: OpenVINO is not installed
      Install it: earlyexit engine install openvino
…
speeds, in milliseconds an image
  network                   engine       batch  forward  training step  images/s
  ────────────────────────  ───────────  ─────  ───────  ─────────────  ────────
  b_lenet                   wasm            32     2.08           5.87       170
…
Ready.

$ earlyexit doctor fast.onnx
…
TensorRT             no       no
…
TensorRT: both branches of an If have to give the same shape, and here fewer samples come out of one (…)`,
  operands: {
    file: optionalOperand('an ONNX file, from any program: which runtimes run it, with work really left out'),
  },
  options: {},
});
