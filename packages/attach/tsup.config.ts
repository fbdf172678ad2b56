import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/browser.ts', 'src/probe-program.ts'],
  format: ['esm'],
  dts: true,
});
