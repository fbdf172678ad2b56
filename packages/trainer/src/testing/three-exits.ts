import { attachExits, type MultiExitModel } from '@earlyexit/branch-head';
import { tfl } from '../tf';

/** Convolutions of 6×6 images with two early exits, for combinations of them; of three classes. */
export function threeExits(seed = 3): MultiExitModel {
  const conv = (name: string, part: number): tfl.layers.Layer =>
    tfl.layers.conv2d({
      ...{ name, filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' },
      ...(part === 1 ? { inputShape: [6, 6, 1] } : {}),
      kernelInitializer: tfl.initializers.heNormal({ seed: seed * 10 + part }),
    });
  const plain = tfl.sequential({
    name: 'three-exits',
    layers: [
      ...[1, 2, 3].map((part) => conv(`conv${String(part)}`, part)),
      tfl.layers.flatten({ name: 'flat' }),
      tfl.layers.dense({
        ...{ name: 'answer', units: 3, kernelInitializer: tfl.initializers.glorotUniform({ seed }) },
      }),
    ],
  });
  const exits = ['conv1', 'conv2'].map((after) => ({ after, head: 'linear' as const }));
  return attachExits(plain, exits, { seed });
}
