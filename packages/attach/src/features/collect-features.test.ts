import { preparedInput } from '@earlyexit/onnx/foreign';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { joined } from '../classifier-images';
import { examineNetwork } from '../examine-network';
import { candidatePlaces } from '../exit-places';
import { colourImages, colourNetwork, preparation } from '../testing/colour-networks';
import { collectFeatures } from './collect-features';

it('keeps features for the same images alone, those of heads and the others', async () => {
  const folder = await temporaryFolder();
  const examined = await examineNetwork(colourNetwork({ depth: 12 }));
  const { network } = examined;
  const input = preparedInput(examined.input, preparation, { function: 'test', argument: 'mean' });
  const places = candidatePlaces(network).slice(0, 1);
  const headImages = colourImages(20, 8, 1);
  const own = (seed: number) => colourImages(20, 8, seed);
  // As `attachToOnnx` has them: first what heads learn from, then the images.
  const rows = Int32Array.from({ length: 40 }, (_, row) => (row + 20) % 40);
  const collect = async (
    images: ReturnType<typeof joined>,
  ): Promise<{ readonly logits: Float32Array; readonly notes: readonly string[] }> => {
    const notes: string[] = [];
    const onNote = ({ text }: { readonly text: string }): void => void notes.push(text);
    const features = await collectFeatures({ network, input, places, images, rows, folder }, { onNote });
    const logits = features.logits([20, 40]).slice();
    await features.close();
    return { logits, notes };
  };
  const first = await collect(joined(own(2), headImages));
  expect(first.notes).toEqual([]);
  expect(await collect(joined(own(2), headImages))).toEqual({
    logits: first.logits,
    notes: ['40 of 40 images were run before'],
  });
  const other = await collect(joined(own(3), headImages));
  expect(other.notes).toEqual([]);
  expect(other.logits).not.toEqual(first.logits);
});
