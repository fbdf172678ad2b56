import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/foreign.ts', 'src/foreign-node.ts', 'src/import.ts'],
  format: ['esm'],
  dts: true,
});
