import { expect, it, vi } from 'vitest';
import { examineNetwork } from './examine-network';
import { colourNetwork } from './testing/colour-networks';

vi.mock('onnxruntime-node', () => {
  throw new Error('nothing of that name');
});

it('says that onnxruntime-node is missing, before the network is blamed', async () => {
  await expect(examineNetwork(colourNetwork())).rejects.toMatchObject({
    name: 'EnvironmentError',
    message: expect.stringContaining('npm install onnxruntime-node') as string,
  });
});
