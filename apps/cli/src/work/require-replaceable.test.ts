import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder';
import { requireReplaceable, requireReplaceableFolder } from './require-replaceable';

const folder = await temporaryFolder();
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

it('refuses to write over what is not ours, whatever is written', async () => {
  const photo = join(folder, 'photo.jpg');
  await writeFile(photo, jpeg);
  for (const kind of ['onnx', 'report', 'manifest'] as const) {
    await expect(requireReplaceable('OUT', photo, kind)).rejects.toThrow(/OUT: .*photo\.jpg.*--force/s);
    await requireReplaceable('OUT', photo, kind, true);
    await requireReplaceable('OUT', join(folder, 'new'), kind);
  }
});

it.each([
  ['onnx', '\u0008\u0008\u0012\u0009earlyexit'],
  ['report', '<!doctype html><html><head><meta name="generator" content="earlyexit 0.1.0" />'],
  ['manifest', '{ "stages": [] }'],
  ['onnx', ''],
] as const)('lets an own %s be replaced', async (kind, content) => {
  const path = join(folder, `own-${kind}`);
  await writeFile(path, content);
  await requireReplaceable('OUT', path, kind);
});

it('refuses a project folder for an export, and takes an earlier export', async () => {
  const project = join(folder, 'project');
  await mkdir(project);
  await requireReplaceableFolder(project);
  await writeFile(join(project, 'README.md'), '# mine');
  await expect(requireReplaceableFolder(project)).rejects.toThrow(/README\.md/);
  await mkdir(join(project, 'onnx'));
  await writeFile(join(project, 'onnx', 'model.onnx'), '\u0008\u0008\u0012\u0009earlyexit');
  await requireReplaceableFolder(project);
});
