import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';
import { requireReplaceable } from './require-replaceable';

const folder = await temporaryFolder();

async function fileOf(content: string): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content, 'latin1');
  return path;
}

describe('requireReplaceable', () => {
  it.each([
    ['onnx', '\x08\x08\x12\x09earlyexit\x1a\x011:'],
    ['manifest', '{\n  "format": "earlyexit-staged",\n  "formatVersion": 1'],
    ['report', '<!doctype html><head><meta name="generator" content="earlyexit 0.1.0" />'],
    ['curve', 'threshold_exit0,accuracy'],
    ['curve', 'skew,accuracy'],
    ['logits', '\x40\0\0\0\0\0\0\0{"__metadata__":{"format":"earlyexit-logits"'],
  ] as const)('lets an earlier %s be replaced', async (kind, content) => {
    await expect(requireReplaceable('OUT', await fileOf(content), kind)).resolves.toBeUndefined();
    await expect(requireReplaceable('OUT', await fileOf(''), kind)).resolves.toBeUndefined();
  });

  // Whoever works with earlyexit has notes and scripts that speak of it.
  it.each([
    ['onnx', '# earlyexit\n\nNotes.'],
    ['onnx', '\x08\x08\x12\x07pytorch\x1a\x011:earlyexit'],
    ['manifest', '{ "stages": ["build", "test"] }'],
    ['report', '<!doctype html><title>my earlyexit page</title>'],
    ['curve', 'day,threshold_\n1,2'],
    ['logits', '\x40\0\0\0\0\0\0\0{"__metadata__":{"format":"pt"}}'],
  ] as const)('refuses another file in the place of %s, unless it is forced', async (kind, content) => {
    const path = await fileOf(content);
    await expect(requireReplaceable('OUT', path, kind)).rejects.toThrow('only an earlier result is replaced');
    await expect(requireReplaceable('OUT', path, kind, true)).resolves.toBeUndefined();
  });
});
