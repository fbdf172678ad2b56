import { expect, it } from 'vitest';
import { summarizeExits } from '../summarize-exits';
import { trunkCostsOf } from './trunk-costs';

it('counts B-LeNet as its paper’s clock did: 6.7 times cheaper, and not 4.1', () => {
  // Shares of the paper: 94.3 % leave at the first exit.
  const samples = 1000;
  const sure = Float32Array.from({ length: 2 * samples }, (_, i) => (i % 2 === 0 && i / 2 < 943 ? 9 : 0));
  const cached = { exits: [sure, sure], samples, classes: 2, labels: new Int32Array(samples) };
  const metadata = {
    exits: [
      { macs: 220_150, backboneMacs: 112_500 },
      { macs: 1_247_720, backboneMacs: 1_140_070 },
    ],
    staticMacs: 1_140_070,
  };
  const policy = { criterion: 'entropy', thresholds: [0.025] } as const;
  const trunk = summarizeExits(cached, policy, trunkCostsOf(metadata));
  expect(trunk.macsRatio!.toFixed(1)).toBe('6.7');
  const every = { exitMacs: metadata.exits.map(({ macs }) => macs), staticMacs: metadata.staticMacs };
  expect(summarizeExits(cached, policy, every).macsRatio!.toFixed(1)).toBe('4.1');
});
