import { loadSession, loadStagedSession } from '@earlyexit/inference/onnx';
import { describe, expect, it } from 'vitest';
import { attachToOnnx } from './attach-to-onnx';
import { cascadeOnnx } from './cascade-onnx';
import { colourImages, colourNetwork, preparation } from './testing/colour-networks';

const images = colourImages(900);
const aim = { risk: 0.05, delta: 0.1, loss: 'consistency' } as const;
const large = colourNetwork({ depth: 24, scale: 60, softmax: true });
const how = { images, aim, dtype: 'int8', ...preparation } as const;

describe('int8', () => {
  it('computes with whole numbers, and keeps the promise about the network as it was', async () => {
    const { file, report, stages, withoutExits } = await attachToOnnx(large, {
      ...how,
      exits: ['10%', '50%'],
      hidden: 8,
    });
    expect(report.dtype).toBe('int8');
    expect(report.agreement!.map(({ name }) => name)).toEqual(['exit0', 'exit1', 'final']);
    expect(report.promise).toMatchObject({ risk: 0.05, samples: 270, kept: true });
    const feed = { data: images.bytes, count: images.size };
    const [session, plain] = await Promise.all(
      [file, await withoutExits()].map((each) => loadSession(each, { threads: 1 })),
    );
    expect(session!.file).toMatchObject({ dtype: 'int8', kind: 'conditional', origin: 'foreign' });
    expect(session!.metadata.fittedOn).toEqual([
      { what: 'int8-ranges', fingerprint: expect.any(String) as string, samples: 90 },
    ]);
    const [own, was] = [await session!.run(feed), await plain!.run(feed)];
    expect(own.exits.some((exit) => exit < 2)).toBe(true);
    const different = own.classes.filter((answer, row) => answer !== was.classes[row]).length;
    expect(different / images.size).toBeLessThanOrEqual(0.05);
    const never = await session!.run(feed, { thresholds: ['never', 'never'] });
    // Whole numbers, and near those that they stand for.
    expect([...never.logits]).not.toEqual([...was.logits]);
    never.logits.forEach((logit, i) => expect(Math.abs(logit - was.logits[i]!)).toBeLessThan(3));
    const staged = await loadStagedSession(await stages(), { threads: 1 });
    const { classes, exits } = await staged.run(feed);
    expect(exits.filter((exit, row) => exit !== own.exits[row]).length).toBeLessThan(9);
    expect(classes.filter((answer, row) => answer !== own.classes[row]).length).toBeLessThan(9);
    for (const each of [session!, plain!, staged]) each.dispose();
  });

  it('makes a cascade of whole numbers, each network with its own ranges', async () => {
    const small = { network: colourNetwork({ stride: 4, scale: 50 }) };
    const { file, report } = await cascadeOnnx(small, { network: large, ...preparation }, how);
    expect(report.promise).toMatchObject({ kept: true });
    expect(report.macsRatio).toBeGreaterThan(1.3);
    const session = await loadSession(file, { threads: 1 });
    const { exits } = await session.run({ data: images.bytes, count: images.size });
    expect(new Set(exits)).toEqual(new Set([0, 1]));
    session.dispose();
  });

  it('refuses a network that is quantised already', async () => {
    const quantized = colourNetwork({
      depth: 24,
      disturb(graph, name) {
        const step = graph.constant('step', 'float32', [], Float32Array.of(1 / 255));
        const zero = graph.constant('zero', 'uint8', [], Uint8Array.of(0));
        return graph.add('DequantizeLinear', [graph.add('QuantizeLinear', [name, step, zero]), step, zero]);
      },
    });
    await expect(attachToOnnx(quantized, { ...how, exits: ['30%'] })).rejects.toThrow(
      /int8 is made of convolutions with float32 weights.*quantised already/,
    );
  });
});
