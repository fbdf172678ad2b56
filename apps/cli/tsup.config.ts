import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/main.ts'],
  format: ['esm'],
  // Lazily loaded chunks carry hashes in their names: old ones would pile up and be published.
  clean: true,
});
