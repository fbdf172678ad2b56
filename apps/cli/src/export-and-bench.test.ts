import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSession } from '@earlyexit/inference/onnx';
import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

it('exports a network that a session runs, and says what it wrote', async () => {
  const out = at('model.onnx');
  const ran = await runCommand(['export', 'test_resnet_1exit', out, '--json']);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain('random weights');
  expect(ran.json()).toMatchObject({
    kind: 'conditional',
    file: out,
    criterion: 'max-probability',
    thresholdsAs: 'input',
    thresholds: null,
  });
  const session = await loadSession(out, { threads: 1 });
  const answers = await session.run(
    { data: new Float32Array(3 * 192), count: 3 },
    { thresholds: ['always'] },
  );
  expect([...answers.exits]).toEqual([0, 0, 0]);
  session.dispose();
  const text = await runCommand(['export', 'test_resnet_1exit', out]);
  expect(text.stdout).toContain('thresholds [1] float32');
  expect(await readdir(folder)).toEqual(['model.onnx']);
});

it('exports with thresholds built in, without exits, and in stages', async () => {
  const constant = [
    'export',
    'test_resnet_2exits',
    at('constant.onnx'),
    '--criterion',
    'entropy',
    '--earlyexit',
    '0.2',
    'never',
  ];
  expect((await runCommand([...constant, '--thresholds-as', 'constants', '--json'])).json()).toMatchObject({
    criterion: 'entropy',
    thresholds: [0.2, null],
    thresholdsAs: 'constants',
  });
  expect(
    (await runCommand(['export', 'test_resnet', at('plain.onnx'), '--static', '--json'])).json(),
  ).toMatchObject({ kind: 'static' });
  expect((await runCommand(['export', 'test_resnet_2exits', '--staged', at('stages')])).code).toBe(0);
  const manifest = JSON.parse(await readFile(join(at('stages'), 'manifest.json'), 'utf8')) as {
    stages: { file: string }[];
  };
  expect((await readdir(at('stages'))).sort()).toEqual([
    'manifest.json',
    ...manifest.stages.map(({ file }) => file),
  ]);
});

it.each([
  [['export', 'test_resnet_1exit'], 'OUT'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--opset', '12'], 'from 13 to 21'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--thresholds-as', 'constants'], 'must be known'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--criterion', 'cross-entropy-oracle'], 'true classes'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--earlyexit', '1', '2'], 'one threshold per early exit'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--static', '--criterion', 'margin'], '--static'],
  [['export', 'test_resnet_1exit', at('x.onnx'), '--staged', at('y')], '--staged'],
  [['bench', 'test_resnet'], 'has an early exit'],
  [['bench', 'test_resnet_1exit', '--shares', '1.5'], '--shares'],
])('%j is a wrong use', async (argv, says) => {
  const { code, stdout, stderr } = await runCommand(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});

it('times a network with exits against the one without, each in its own process', async () => {
  const argv = [
    'bench',
    'test_resnet_2exits',
    '--rounds',
    '2',
    '--images',
    '20',
    '--batches',
    '1',
    '5',
    '--shares',
    '0',
    '0.5',
    '--json',
  ];
  const { code, stderr, json } = await runCommand(argv);
  expect({ code }, stderr).toEqual({ code: 0 });
  expect(stderr).toContain('seeded noise');
  const { rows, runtime } = json() as { rows: Record<string, unknown>[]; runtime: string };
  expect(runtime).toMatch(/^onnxruntime-node \d/);
  expect(rows.map(({ variant, batch, exitShare }) => [variant, batch, exitShare])).toEqual(
    [1, 5].flatMap((batch) => [
      ['static', batch, [0, 0, 1]],
      ['early-exit', batch, [0, 0, 1]],
      ['early-exit', batch, [0.5, 0, 0.5]],
    ]),
  );
  for (const row of rows) {
    expect(row).toMatchObject({ dtype: 'float32', threads: 1, peer: null });
    expect(row['imagesPerSecond']).toBeGreaterThan(0);
    expect(row['loadMs']).toBeGreaterThan(0);
    // Node alone takes more than 20 MB; whether a network takes too much is the user's to say.
    expect(row['peakMemoryMB']).toBeGreaterThan(20);
    expect(row['peakMemoryMB']).toBeLessThan(1000);
    expect(row['latencyMsP50']).toBeLessThanOrEqual(row['latencyMsP99'] as number);
    expect(row['efficiency']).toBeCloseTo((row['speedup'] as number) / (row['macsRatio'] as number), 9);
  }
});

it('exports int8: ranges from noise for random weights, and in stages', async () => {
  const out = at('int8.onnx');
  const ran = await runCommand(['export', 'test_resnet_1exit', out, '--dtype', 'int8', '--json']);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain('ranges from seeded noise');
  expect(ran.json()).toMatchObject({
    kind: 'conditional',
    dtype: 'int8',
    ranges: 'seeded noise',
    quantization: null,
  });
  const session = await loadSession(out, { threads: 1 });
  const answers = await session.run(
    { data: new Float32Array(3 * 192), count: 3 },
    { thresholds: ['always'] },
  );
  expect([...answers.exits]).toEqual([0, 0, 0]);
  session.dispose();
  const staged = ['export', 'test_resnet_1exit', '--staged', at('int8-stages'), '--dtype', 'int8'];
  expect((await runCommand([...staged, '--json'])).json()).toMatchObject({
    dtype: 'int8',
    stages: [{ carried: [{ type: 'uint8' }] }, { carried: [] }],
  });
});

it.each([
  [['export', 'test_resnet_1exit', at('y.onnx'), '--dtype', 'int4'], 'float32'],
  [['export', 'test_resnet_1exit', at('y.onnx'), '--dataset', 'mnist'], 'only int8 looks at images'],
  [
    [
      ...['export', 'test_resnet_1exit', at('y.onnx'), '--dtype', 'int8', '--target-macs', '0.5'],
      ...['--earlyexit', '0.5'],
    ],
    'set anew only where none are given',
  ],
])('%j is a wrong use of int8', async (argv, says) => {
  const { code, stderr } = await runCommand(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

it('times int8 against int8 without exits, and against float32', async () => {
  const { code, json } = await runCommand([
    ...['bench', 'test_resnet_1exit', '--dtype', 'int8', '--shares', '0.5', '--batches', '4'],
    ...['--rounds', '1', '--images', '8', '--json'],
  ]);
  expect(code).toBe(0);
  const { rows } = json() as { rows: Record<string, unknown>[] };
  expect(rows.map(({ variant, dtype }) => [variant, dtype])).toEqual([
    ['static', 'float32'],
    ['static', 'int8'],
    ['early-exit', 'int8'],
  ]);
  expect(rows[2]).toMatchObject({
    speedup: expect.any(Number) as number,
    float32Speedup: expect.any(Number) as number,
  });
});
