import { readFile } from 'node:fs/promises';
import { selectEngine } from '@earlyexit/backend';
import { sharedData, withoutData } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { roundTrip } from '../testing/round-trip';

// Networks that other programs exported, and what they cost: the ResNets as He et al. count them, with option A.
const networks = [
  { name: 'resnet20-cifar10', classes: 10, macs: 40_551_040 },
  { name: 'resnet56-cifar10', classes: 10, macs: 125_485_696 },
  { name: 'efficientnet-lite0-imagenet', classes: 1000, macs: 385_187_552 },
];

beforeAll(async () => {
  await selectEngine('wasm');
});

it.for(networks)(
  'makes layers of $name that answer as its file does, and so does their static export',
  async ({ name, classes, macs }, context) => {
    const file = `networks/${name}.onnx`;
    const path = sharedData(file);
    if (path === null) return context.skip(withoutData(file));
    const { model, byLayers, byExport, largest } = await roundTrip(await readFile(path));
    expect(model.metadata.classes).toHaveLength(classes);
    expect(model.metadata.staticMacs).toBe(macs);
    expect(largest).toBeGreaterThan(1);
    expect(byLayers).toBeLessThan(1e-4);
    expect(byExport).toBeLessThan(1e-4);
    model.model.dispose();
  },
);
