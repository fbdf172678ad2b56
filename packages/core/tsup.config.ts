import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/format.ts', 'src/node.ts', 'src/safetensors.ts'],
  format: ['esm'],
  dts: true,
});
