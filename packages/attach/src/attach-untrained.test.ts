import * as runtime from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachUntrained } from './attach-untrained';
import { examineFile } from './examine-file';
import { examineNetwork } from './examine-network';
import type { Runtime } from './import-runtime';
import { profileNetwork } from './profile/profile-network';
import type { ExaminedNetwork } from './survey/examined-network';
import { colourNetwork, preparation } from './testing/colour-networks';

const here = { where: 'colours.onnx', runtime: runtime as unknown as Runtime };

describe('examineFile', () => {
  it.each([
    ['a free batch', colourNetwork({ depth: 6, softmax: true })],
    ['a fixed batch and channels last', colourNetwork({ depth: 2, batch: 1, channelsLast: true })],
    ['old operators', colourNetwork({ depth: 2, opset: 9 })],
  ])('finds without files and processes what is found with them: %s', async (_, file) => {
    const [there, without] = [await examineNetwork(file), await examineFile(file, here)];
    const known = ({ network, input }: ExaminedNetwork) => {
      const { macs, classes, softmax, opset } = network;
      const { places, parameters, peakActivationBytes } = profileNetwork({ network, input });
      return { input, macs, classes, softmax, opset, places, parameters, peakActivationBytes };
    };
    expect(known(without)).toEqual(known(there));
  });

  it.each([
    ['no ONNX file', new TextEncoder().encode('<html>'), /colours\.onnx: it is a whole ONNX file/],
    [
      'an operator that onnxruntime does not know',
      colourNetwork({ disturb: (graph, name) => graph.add('Unheard', [name]) }),
      /onnxruntime can run it\. Received: .*Unheard/,
    ],
    ['an object detector', colourNetwork({ detector: true }), /it is a classifier/],
  ])('refuses %s', async (_, file, message) => {
    await expect(examineFile(file, here)).rejects.toThrow(message);
  });
});

describe('attachUntrained', () => {
  let examined: ExaminedNetwork;
  beforeAll(async () => {
    examined = await examineFile(colourNetwork({ depth: 6 }), here);
  });

  it('answers at the exits where the thresholds let it, and as the network does where they do not', async () => {
    const { file, costs, metadata } = await attachUntrained(examined, {
      exits: ['30%', 'relu_3'],
      seed: 7,
      ...preparation,
    });
    expect(metadata.exits.map(({ attachedAfter }) => attachedAfter)).toEqual(['relu_1', 'relu_3', null]);
    expect(costs.exitMacs[0]).toBeGreaterThan(2 * 9 * 64);
    expect(costs.exitMacs[0]).toBeLessThan(costs.exitMacs[1]!);
    const image = new Float32Array(3 * 64).map((_, i) => (i < 64 ? 0.9 : 0.1));
    const session = await runtime.InferenceSession.create(file);
    const run = async (thresholds: readonly number[]) => {
      const { logits, exit_index: exit } = await session.run({
        pixel_values: new runtime.Tensor('float32', image, [1, 3, 8, 8]),
        thresholds: new runtime.Tensor('float32', Float32Array.from(thresholds), [2]),
      });
      return { logits: [...(logits!.data as Float32Array)], exit: Number(exit!.data[0]) };
    };
    expect((await run([-Infinity, Infinity])).exit).toBe(0);
    expect((await run([Infinity, -Infinity])).exit).toBe(1);
    const { exit, logits } = await run([Infinity, Infinity]);
    expect(exit).toBe(2);
    expect(logits.indexOf(Math.max(...logits))).toBe(0);
    await session.release();
  });

  it('writes the same file from the same seed, and another from another', async () => {
    const fileOf = async (seed: number, hidden = 0): Promise<string> =>
      Buffer.from(
        (await attachUntrained(examined, { exits: ['50%'], seed, hidden, ...preparation })).file,
      ).toString('base64');
    const first = await fileOf(1);
    expect(await fileOf(1)).toBe(first);
    expect(await fileOf(2)).not.toBe(first);
    expect((await fileOf(1, 8)).length).toBeGreaterThan(first.length);
  });

  it('refuses a place that is not there', async () => {
    await expect(attachUntrained(examined, { exits: ['relu_9'], ...preparation })).rejects.toThrow(
      /received: relu_9|Received: relu_9/i,
    );
    await expect(attachUntrained(examined, { exits: [], ...preparation })).rejects.toThrow(
      /a place for an exit/,
    );
  });
});
