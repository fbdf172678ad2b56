import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { type MultiExitModel, type Preprocessing, withMetadata } from '@earlyexit/branch-head';
import { createModel } from '@earlyexit/model-zoo';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeExport } from '../write-export';
import { exportFolder, type FolderExportOptions } from './export-folder';
import { shortestEdge } from './folder-config';

const folder = await temporaryFolder();
const policy = { criterion: 'margin', thresholds: [0.25], temperatures: [2, 1.5] } as const;
const gray: Preprocessing = { inputShape: [8, 8, 1], mean: [0.3], standardDeviation: [0.2] };
let model: MultiExitModel;

beforeAll(async () => {
  await selectEngine('cpu');
  model = withMetadata(createModel('test_b_lenet', { preprocessing: gray }), { policy });
});

async function textOf(
  name: string,
  changed: MultiExitModel,
  options: FolderExportOptions = {},
): Promise<string> {
  return (await exportFolder(changed, options)).files.get(name) as string;
}

function named(classes: readonly string[], more: Partial<MultiExitModel['metadata']> = {}): MultiExitModel {
  const { metadata } = model;
  const all = metadata.classes.map((name, i) => classes[i] ?? name);
  return withMetadata(model, { ...more, classes: all });
}

describe('exportFolder', () => {
  it('escapes in the card what comes from files and names', async () => {
    const evil = ['<script>alert(1)</script>', '\u001b[2Jclear', 'a\n# Right | `c` [d](https://e)'];
    const options = { folder: "it's ```", dataset: 'set\n<b>`|' };
    const card = await textOf('README.md', named(evil), options);
    expect(card).not.toMatch(/<script|<b>|^# Right|\]\(https:\/\/e/m);
    expect(card).not.toContain('\u001b');
    expect(card).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(card).toContain('\\\\x1b\\[2Jclear, a\\\\n# Right \\| \\`c\\` \\[d\\](https&#58;//e)');
    expect(card).toContain("pipeline('image-classification', './it\\'s \\x60\\x60\\x60')");
    expect(card.match(/^```/gm)).toHaveLength(4);
    // Programs look classes up by their names: JSON has them as they are.
    const config = JSON.parse(await textOf('config.json', named(evil))) as { id2label: object };
    expect(Object.values(config.id2label).slice(0, 3)).toEqual(evil);
  });

  it('escapes names of exits and layers in the table', async () => {
    const [early, final] = model.metadata.exits;
    const exits = [{ ...early!, name: 'exit | <i>', attachedAfter: 'layer`|' }, final!];
    const card = await textOf('README.md', withMetadata(model, { exits }));
    expect(card).toContain('| exit \\| &#60;i&#62; | layer\\`\\| |');
  });

  it.each([
    ['light-on-dark', /light ink on a dark ground.*invert photographs/],
    ['dark-on-light', /dark ink on a light ground, and nothing is inverted/],
    [null, /Nothing is inverted/],
  ] as const)(
    'states every step from an image to the input, polarity %s among them',
    async (polarity, says) => {
      const changed = withMetadata(model, { preprocessing: { ...gray, polarity } });
      const card = await textOf('README.md', changed);
      expect(card).toMatch(says);
      expect(card).toContain('the shorter side to 8, and cut at the centre');
      expect(card).toContain('mean 0.3 and standard deviation 0.2, and the luma (ITU-R BT.601)');
      expect(JSON.parse(await textOf('preprocessor_config.json', changed))).toMatchObject({
        image_mean: [0.3, 0.3, 0.3],
        image_std: [0.2, 0.2, 0.2],
        size: { shortest_edge: 8 },
        earlyexit: { inputShape: [8, 8, 1], polarity },
      });
    },
  );

  it('takes ImageNet’s margin from 128 pixels on, as images are read', () => {
    const edges = [32, 127, 128, 224].map((side) => shortestEdge({ inputShape: [side, side, 3] }));
    expect(edges).toEqual([32, 127, 146, 256]);
    expect(shortestEdge({ inputShape: [224, 224, 3], shorterSide: 232 })).toBe(232);
  });

  it('asks for what it has to build in', async () => {
    const bare = withMetadata(model, { policy: null });
    await expect(exportFolder(bare)).rejects.toThrow(/thresholds.*must be known.*not calibrated/);
    await expect(exportFolder(model, { criterion: 'entropy' })).rejects.toThrow(
      'for margin, not for entropy',
    );
    const unknown = withMetadata(model, { preprocessing: null });
    await expect(exportFolder(unknown)).rejects.toThrow('how images become inputs');
  });
});

describe('writeExport', () => {
  it('replaces an earlier export, whole or broken off, and nothing else', async () => {
    const exported = await exportFolder(model);
    const names = ['README.md', 'config.json', 'onnx', 'preprocessor_config.json'];
    const at = join(folder, 'hub');
    const written = await writeExport(at, exported);
    expect(written.map(({ file }) => file)).toEqual([...exported.files.keys()]);
    expect(written[0]!.bytes).toBe((await readFile(join(at, 'onnx', 'model.onnx'))).length);
    await rm(join(at, 'config.json'));
    await writeExport(at, exported);
    expect((await readdir(at)).sort()).toEqual(names);
    await writeFile(join(at, 'config.json'), '{ "name": "of another program" }');
    await expect(writeExport(at, exported)).rejects.toThrow('holds an earlier export');
    await writeExport(at, exported, { force: true });
    await mkdir(join(folder, 'notes'));
    await writeFile(join(folder, 'notes', 'README.md'), 'earlyexit-folder');
    await expect(writeExport(join(folder, 'notes'), exported)).rejects.toThrow('a folder with README.md');
    await writeFile(join(folder, 'file'), '');
    await expect(writeExport(join(folder, 'file'), exported)).rejects.toThrow('Received: a file');
  });
});
