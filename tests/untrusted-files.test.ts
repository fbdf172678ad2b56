import { expect, it } from 'vitest';
import { fuzzOnnxFiles } from './fuzz-onnx';

it('refuses 300 mutated and signed ONNX files, or runs them, and no process crashes', async () => {
  const summary = await fuzzOnnxFiles(300);
  expect(summary).toContain('refused');
});
