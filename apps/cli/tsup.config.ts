import { defineConfig } from 'tsup';

export default defineConfig({
  // The worker is a program of its own, for bench --training.
  entry: ['src/main.ts', 'src/training-program.ts'],
  format: ['esm'],
  // Lazily loaded chunks carry hashes in their names: old ones would pile up and be published.
  clean: true,
});
