import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Answers } from '@earlyexit/inference';
import { loadSession } from '@earlyexit/inference/onnx';
import { randomStream } from '@earlyexit/core';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { createServer } from './create-server';
import { tritonConfig } from './deploy/triton-config';

const run = promisify(execFile);
const script = fileURLToPath(new URL('testing/ask_with_triton.py', import.meta.url));
const folder = await temporaryFolder();

/** A Python with NVIDIA's client, or why there is none. */
async function preparePython(): Promise<{ python: string } | { reason: string }> {
  const python = join(folder, 'venv', 'bin', 'python');
  try {
    await run('python3', ['-m', 'venv', join(folder, 'venv')]);
    await run(python, ['-m', 'pip', 'install', '--quiet', 'tritonclient[http]', 'protobuf']);
    return { python };
  } catch (error) {
    return {
      reason: `python3 with venv and pip could not be prepared: ${(error as Error).message.split('\n')[0]!}`,
    };
  }
}

type Outputs = Record<string, (number | string)[]>;

interface Asked {
  readonly [check: string]: unknown;
  readonly answers: Record<string, Outputs>;
  readonly never: Outputs;
  readonly raw: Outputs;
}

const cats = { classes: ['cat', 'dog'] };
const prepared = await preparePython();

it.skipIf('reason' in prepared)(
  'answers NVIDIA’s client as it is, with what the session answers',
  async () => {
    const session = await loadSession('b_lenet.mnist', { threads: 1 });
    const server = await createServer({ session, name: 'digits' });
    const address = await server.listen({ port: 0 });
    const random = randomStream(5);
    const images = Float32Array.from({ length: 2 * 784 }, (_, i) => (i < 784 ? 4 : 1) * (random() - 0.5));
    writeFileSync(join(folder, 'images'), images);
    const { python } = prepared as { python: string };
    const { stdout } = await run(python, [script, new URL(address).host, join(folder, 'images')]);
    const asked = JSON.parse(stdout) as Asked;
    const { classes, exits } = session.metadata;
    const outputsOf = (answers: Answers): Outputs => ({
      logits: [...answers.logits],
      exit_index: [...answers.exits],
      score: [...Float32Array.from(answers.scores)],
      exit_name: [...answers.exits].map((exit) => exits[exit]!.name),
      class_index: [...answers.classes],
      label: [...answers.classes].map((index) => classes[index]!),
      probability: [...Float32Array.from(answers.probabilities)],
      macs: [...answers.macs],
    });
    const own = outputsOf(await session.run({ data: images, count: 2 }));
    for (const [way, outputs] of Object.entries(asked.answers)) expect(outputs, way).toEqual(own);
    expect(asked.never).toEqual(
      outputsOf(await session.run({ data: images, count: 2 }, { thresholds: ['never'] })),
    );
    const bytes = { data: new Uint8Array(2 * 784).fill(9), count: 2 };
    expect(asked.raw).toEqual(outputsOf(await session.run(bytes)));
    expect(asked).toMatchObject({
      ...{ live: true, ready: true, id: 'seven', server: { name: 'earlyexit' } },
      model: { name: 'digits', versions: ['1'] },
      asynchronous: new Array(8).fill(true),
      unknown: ['404', expect.stringContaining('it is one of digits')],
      nan: ['400', expect.stringContaining('finite numbers')],
      sequence: ['400', expect.stringContaining('sequence_id')],
    });
    expect([asked['model ready'], asked['unknown ready']]).toEqual([true, false]);
    await server.drain();
    session.dispose();
  },
);

// As no Triton is at hand, the configuration is read by the schema that NVIDIA publishes with its client.
it.skipIf('reason' in prepared)('writes a configuration that Triton’s schema takes', async () => {
  const { python } = prepared as { python: string };
  const network = { ...cats, exits: [], preprocessing: null, policy: null, name: 'cats', staticMacs: 9 };
  const config = tritonConfig(
    { kind: 'conditional', inputShape: [8, 6, 3], network },
    { name: 'cats', maxBatch: 16, maxDelayMs: 2.5, queue: 64 },
  );
  const reader = fileURLToPath(new URL('testing/read_triton_config.py', import.meta.url));
  writeFileSync(join(folder, 'config.pbtxt'), config);
  const { stdout } = await run(python, [reader, join(folder, 'config.pbtxt')]);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'cats',
    max_batch_size: 16,
    input: [{ name: 'pixel_values', data_type: 'TYPE_FP32', dims: ['3', '8', '6'] }],
    output: [
      { name: 'logits', dims: ['2'], label_filename: 'labels.txt' },
      { name: 'exit_index', data_type: 'TYPE_INT64', dims: ['1'], reshape: {} },
      { name: 'score', data_type: 'TYPE_FP32', dims: ['1'], reshape: {} },
    ],
    dynamic_batching: { max_queue_delay_microseconds: '2500', default_queue_policy: { max_queue_size: 64 } },
  });
});
