import { defineConfig } from 'tsup';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/tfjs.ts',
    'src/onnx.ts',
    'src/openvino.ts',
    'src/node.ts',
    'src/runtime-thread.ts',
  ],
  format: ['esm'],
  dts: true,
});
