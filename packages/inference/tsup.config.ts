import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/tfjs.ts', 'src/onnx.ts', 'src/openvino.ts'],
  format: ['esm'],
  dts: true,
});
