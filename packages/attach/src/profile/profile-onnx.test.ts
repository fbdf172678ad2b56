import { describe, expect, it } from 'vitest';
import { colourNetwork } from '../testing/colour-networks';
import { isOwnFile, profileOnnx } from './profile-onnx';

describe('profileOnnx', () => {
  it('counts what each node takes, and names the places for exits', async () => {
    const { inputShape, parameters, macs, layers, uncounted, places } = await profileOnnx(
      colourNetwork({ depth: 12, softmax: true }),
    );
    // Twelve convolutions share their 3 × 3 weights; a matrix and its bias follow.
    expect({ inputShape, parameters, uncounted }).toEqual({
      inputShape: [8, 8, 3],
      parameters: 9 + 12,
      uncounted: [],
    });
    expect(await isOwnFile(colourNetwork())).toBe(false);
    expect(macs).toBe(12 * 9 * 64 + 9);
    expect(layers.find(({ className }) => className === 'Conv')).toMatchObject({
      outputShape: [3, 8, 8],
      macs: 576,
      activationBytes: 768,
    });
    expect(places.length).toBeGreaterThan(3);
    for (const { after, share, outputShape } of places) {
      expect(after).toMatch(/^relu_/);
      expect(outputShape).toEqual([3, 8, 8]);
      expect(share).toBeGreaterThan(0.05);
    }
  });
});
