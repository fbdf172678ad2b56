import { examineFile, profileNetwork, type Runtime } from '@earlyexit/attach/browser';
import * as runtime from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { exampleNetwork } from './example-network';

it('is a residual network with places between its blocks', async () => {
  const where = 'example.onnx';
  const examined = await examineFile(exampleNetwork(), { where, runtime: runtime as unknown as Runtime });
  const { inputShape, macs, places } = profileNetwork(examined);
  expect(inputShape).toEqual([32, 32, 3]);
  expect(macs / 1e6).toBeCloseTo(26.7, 1);
  expect(places.map(({ after }) => after)).toEqual(
    ['group1.block1', 'group1.block2', 'group2.block1', 'group2.block2', 'group3.block1'].map(
      (block) => `${block}.relu2`,
    ),
  );
});
