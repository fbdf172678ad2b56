import { expect, it } from 'vitest';
import { fuzzOnnxFiles } from './fuzz-onnx';

it('refuses 10,000 mutated and signed ONNX files, or runs them, and no process crashes', async () => {
  const summary = await fuzzOnnxFiles(10_000);
  process.stderr.write(`${summary}\n`);
  expect(summary).toContain('refused');
});
