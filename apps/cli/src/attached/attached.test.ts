import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@earlyexit/core';
import { GraphBuilder, valueInfo, writeModel } from '@earlyexit/onnx/foreign';
import type { ProfileDocument } from '@earlyexit/profiler';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';
import { runCommand } from '../testing/run-command';

const SIDE = 8;
const IMAGES = 300;

/** Says which colour an image has most of; a stride makes it cheap, and wrong at times. */
function colourNetwork(depth: number, stride: number): Uint8Array {
  const graph = new GraphBuilder(17);
  graph.unique('images');
  const weights = (name: string, dims: number[], every: number, value: number): string =>
    graph.constant(
      name,
      'float32',
      dims,
      Float32Array.from({ length: 9 }, (_, i) => (i % every === 0 ? value : 0)),
    );
  let name = 'images';
  for (let layer = 0; layer < depth; layer++) {
    const step = layer === 0 ? stride : 1;
    name = graph.add('Relu', [
      graph.add('Conv', [name, weights('same', [3, 3, 1, 1], 4, 1)], { strides: { ints: [step, step] } }),
    ]);
  }
  const flat = graph.add('Flatten', [graph.add('GlobalAveragePool', [name])]);
  const logits = graph.add('Gemm', [flat, weights('matrix', [3, 3], 4, 50)], {}, 'logits');
  const message = graph.build(
    'colours',
    [valueInfo('images', ['batch', 3, SIDE, SIDE])],
    [valueInfo(logits, ['batch', 3])],
  );
  return writeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    graph: message,
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: [],
  });
}

describe('cascade and attach', () => {
  let folder = '';
  const at = (name: string): string => join(folder, name);
  const prepared = ['--mean', '0', '--std', '1', '--risk', '0.06'];

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFile(at('small.onnx'), colourNetwork(1, 4));
    await writeFile(at('large.onnx'), colourNetwork(30, 1));
    await mkdir(at('photos'));
    const random = randomStream(3);
    for (let image = 0; image < IMAGES; image++) {
      const [colour, more] = [Math.floor(3 * random()), 10 + 60 * random()];
      const bytes = Uint8Array.from(
        { length: SIDE * SIDE * 3 },
        (_, i) => 150 * random() + (i % 3 === colour ? more : 0),
      );
      const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
      await sharp(bytes, { raw })
        .png()
        .toFile(at(`photos/${image}.png`));
    }
  });

  it('cascade writes one file that predict opens', async () => {
    const images = ['--images', at('photos'), ...prepared];
    const both = await runCommand([
      'cascade',
      at('small.onnx'),
      at('large.onnx'),
      at('both.onnx'),
      ...images,
      ...['--staged', at('stages'), '--folder', at('hub'), '--static', at('plain.onnx')],
      ...['--report', at('both.html'), '--no-timing', '--json'],
    ]);
    expect(both.stderr).not.toContain('Error');
    expect(both.code).toBe(0);
    expect(both.json()).toMatchObject({
      model: 'small-large',
      parts: { heads: 0, choosing: 15, promise: 135, report: 150 },
      promise: { risk: 0.06, samples: 135, kept: expect.any(Boolean) as boolean },
      exits: [{ name: 'small', after: null, head: 'small' }, {}],
      timing: null,
      report: { samples: 150, top1: null, speedup: null },
    });
    expect(await readFile(at('both.html'), 'utf8')).toContain('Where the images leave');
    const answer = await runCommand(['predict', at('both.onnx'), at('photos/0.png'), '--json']);
    expect(answer.json()).toMatchObject([{ exit: expect.any(Number) as number }]);
    const stages = await runCommand(['predict', at('stages'), at('photos/0.png'), '--json']);
    const [one] = answer.json() as { class: number; exitName: string }[];
    expect(stages.json()).toMatchObject([{ class: one!.class, exitName: one!.exitName }]);
    const hub = await runCommand(['predict', at('hub'), at('photos/0.png'), '--json']);
    expect(hub.json()).toMatchObject([{ class: one!.class, exitName: one!.exitName }]);
    const doctor = await runCommand(['doctor', at('both.onnx')]);
    expect(doctor.stdout).toMatch(
      /^both\.onnx: conditional, written by earlyexit, operators of version 17, 1 If node\n/,
    );
    expect(doctor.stdout).toMatch(/OpenVINO +yes +yes\n/);
    expect(doctor.stdout).toMatch(/TensorRT +no +no\n/);
  });

  it('doctor says what runtimes make of a file of another program, and refuses what is none', async () => {
    const { runtimes } = (await runCommand(['doctor', at('large.onnx'), '--json'])).json() as {
      runtimes: object[];
    };
    expect(runtimes).toContainEqual(expect.objectContaining({ name: 'RKNN', runs: true, skips: null }));
    const ran = await runCommand(['doctor', at('photos/0.png')]);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toContain('0.png: it is a whole ONNX file');
  });

  it('attach writes one too', async () => {
    const images = [
      ...['--images', at('photos'), ...prepared, '--exits', '20%', '--hidden', '0'],
      '--no-timing',
    ];
    const fast = await runCommand(['attach', at('large.onnx'), at('fast.onnx'), ...images]);
    expect(fast.stderr).not.toContain('Error');
    expect(fast.code).toBe(0);
    expect(fast.stdout).toMatch(/exit0 .*\n/);
    expect(fast.stdout).toMatch(
      /heads learnt from 120 images, .* 30 others, thresholds from 90, this report from 60/,
    );
    expect(fast.stdout).toContain('With a probability of at least 90 %');
  });

  it('profile says what a file of another program costs, and attaches nothing to it', async () => {
    const ran = await runCommand(['profile', at('large.onnx'), '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    const { macs, layers, exits, energy, advice } = ran.json() as ProfileDocument;
    expect(layers.reduce((sum, layer) => sum + layer.macs, 0)).toBe(macs);
    expect(exits.map(({ name, share }) => [name, share])).toEqual([['final', 1]]);
    expect(energy!.exits[0]!.totalMicrojoules).toBe(energy!.static.totalMicrojoules);
    expect(energy!.static.computeMicrojoules).toBeCloseTo((macs * 4.6) / 1e6, 9);
    expect(advice!.length).toBeGreaterThan(0);
    const refused = await runCommand(['profile', at('large.onnx'), '--exits', 'block1']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/--exits: .*earlyexit attach/);
  });

  it.each([
    ['no preparation', ['--images', 'photos'], 2, /--mean: .*preprocessor_config\.json/],
    [
      'two aims',
      ['--images', 'photos', ...prepared, '--max-accuracy-drop', '1'],
      2,
      /--max-accuracy-drop: there is one aim.*--risk and --max-accuracy-drop/,
    ],
    [
      'an accuracy and a loss',
      ['--images', 'photos', '--mean', '0', '--std', '1', '--max-accuracy-drop', '1', '--loss', 'gap'],
      2,
      /there is one aim.*--loss and --max-accuracy-drop/,
    ],
    [
      'no images',
      ['--mean', '0', '--std', '1'],
      2,
      /--images: either a folder of images or a data set is named/,
    ],
    [
      'two means',
      ['--images', 'photos', '--mean', '0', '1', '--std', '1'],
      2,
      /--mean.*one number per channel, 3 here/,
    ],
    [
      'a promise that is too strict',
      ['--images', 'photos', ...prepared, '--risk', '0.001'],
      1,
      /rests on at least 2302 images/,
    ],
    [
      'images that the network was trained on',
      ['--images', 'photos', ...prepared, '--trained-on', 'photos'],
      1,
      /images: the network was trained on none of them.*300 of 300 that are among those of /,
    ],
  ])('refuse %s, and write nothing', async (_, args, code, message) => {
    const given = args.map((each) => (each === 'photos' ? at('photos') : each));
    const ran = await runCommand(['attach', at('large.onnx'), at('none.onnx'), ...given]);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
    await expect(access(at('none.onnx'))).rejects.toThrow();
  });

  it('refuses to write over the network itself', async () => {
    const ran = await runCommand([
      'attach',
      at('large.onnx'),
      at('large.onnx'),
      '--images',
      at('photos'),
      ...prepared,
    ]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('only an earlier result is replaced');
  });
});
