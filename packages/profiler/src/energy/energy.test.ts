import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { profileModel } from '../profile-model';
import { tf, tfl } from '../tf';
import { checkEnergyModel, type EnergyModel, horowitz45nm } from './energy-model';
import { averageEnergy, estimateEnergy } from './estimate-energy';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const dense = (units: number, name: string): tfl.layers.Layer => tfl.layers.dense({ units, name });

/** 4 numbers → 3 → 2, with an exit of 2 after the first layer. */
function network(): tfl.LayersModel {
  const input = tfl.input({ shape: [4] });
  const first = dense(3, 'first').apply(input) as tfl.SymbolicTensor;
  const after = tfl.layers.reLU({ name: 'relu' }).apply(first) as tfl.SymbolicTensor;
  const exit = dense(2, 'exit').apply(after) as tfl.SymbolicTensor;
  const final = dense(2, 'final').apply(after) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: [exit, final] });
}

const flat: EnergyModel = {
  name: 'flat',
  source: 'this test',
  picojoulesPerMac: { float32: 10, float16: 5, int8: 1 },
  memory: [
    { name: 'near', capacityBytes: 40, picojoulesPerByte: 1 },
    { name: 'far', capacityBytes: null, picojoulesPerByte: 100 },
  ],
};

describe('estimateEnergy', () => {
  it('adds up multiplications and what is moved, by hand', () => {
    const { static: plain, exits } = estimateEnergy(profileModel(network()), { energyModel: flat });
    // first: 12 MACs, 15 weights, 7 numbers of activations; head and final: 6 MACs, 8 weights, 5 numbers each.
    const first = { compute: 120, memory: 15 * 4 * 100 + 7 * 4 };
    const other = { compute: 60, memory: 8 * 4 * 100 + 5 * 4 };
    const total = (parts: (typeof first)[]): number =>
      parts.reduce((sum, { compute, memory }) => sum + compute + memory, 0) / 1e6;
    expect(plain.computeMicrojoules).toBeCloseTo((120 + 60) / 1e6, 12);
    expect(plain.totalMicrojoules).toBeCloseTo(total([first, other]), 12);
    expect(exits[0]!.totalMicrojoules).toBeCloseTo(total([first, other]), 12);
    expect(exits[1]!.totalMicrojoules).toBeCloseTo(total([first, other, other]), 12);
    expect(exits[0]!.share).toBeCloseTo(1, 12);
  });

  it('moves less in smaller types, from nearer memory where that holds it', () => {
    const profile = profileModel(network());
    const [float32, int8] = (['float32', 'int8'] as const).map(
      (dtype) => estimateEnergy(profile, { energyModel: flat, dtype }).static,
    );
    expect(int8!.computeMicrojoules).toBeCloseTo(18 / 1e6, 12);
    // All 31 weights fit into 40 bytes now.
    expect(int8!.memoryMicrojoules).toBeCloseTo((23 + 12) / 1e6, 12);
    expect(int8!.totalMicrojoules).toBeLessThan(float32!.totalMicrojoules);
  });

  it('takes the published figures unless told otherwise', () => {
    const estimate = estimateEnergy(profileModel(network()));
    expect(estimate.model).toBe('horowitz-45nm');
    expect(estimate.static.computeMicrojoules).toBeCloseTo((18 * 4.6) / 1e6, 12);
    expect(estimate.static.memoryMicrojoules).toBeCloseTo(((23 + 12) * 4 * 1.25) / 1e6, 12);
  });
});

it('averageEnergy weighs the exits by who leaves there', () => {
  const estimate = estimateEnergy(profileModel(network()), { energyModel: flat });
  const [exit, final] = estimate.exits.map(({ totalMicrojoules }) => totalMicrojoules) as [number, number];
  const { averageMicrojoules, ratio } = averageEnergy(estimate, [0.75, 0.25]);
  expect(averageMicrojoules).toBeCloseTo(0.75 * exit + 0.25 * final, 12);
  expect(ratio).toBeCloseTo(estimate.static.totalMicrojoules / averageMicrojoules, 12);
});

describe('checkEnergyModel', () => {
  it('takes what it exports', () => {
    expect(checkEnergyModel(JSON.parse(JSON.stringify(horowitz45nm)))).toEqual(horowitz45nm);
  });

  it.each([
    [null, /name is a text/],
    [{ ...flat, source: 1 }, /source is a text/],
    [{ ...flat, picojoulesPerMac: { float32: 1, float16: 1 } }, /picojoulesPerMac\.int8 is a number above 0/],
    [{ ...flat, memory: [] }, /at least one level/],
    [{ ...flat, memory: [{ name: 'all', capacityBytes: null }] }, /picojoulesPerByte above 0/],
    [{ ...flat, memory: [...flat.memory].reverse() }, /levels grow/],
    [{ ...flat, memory: flat.memory.slice(0, 1) }, /the last has capacityBytes: null/],
  ])('refuses %j', (value, message) => {
    expect(() => checkEnergyModel(value)).toThrow(message);
  });
});
