// A data set and an augmentation of one's own, as a user writes them; input-thread.full.test.ts trains on them.
import { createMemoryImageSet, registerAugmentation, registerDataset } from '@earlyexit/datasets';

const imageShape = [28, 28, 1];

export const invert = registerAugmentation('own-invert', import.meta.url, () => ({
  name: 'invert',
  apply({ bytes, images, random }) {
    const size = bytes.length / images;
    for (let image = 0; image < images; image += 1)
      if (random(image) >= 2 ** 31)
        for (let at = image * size; at < (image + 1) * size; at += 1) bytes[at] = 255 - bytes[at];
  },
}));

registerDataset({
  name: 'own-stripes',
  description: 'stripes across and down',
  imageShape,
  augmentation: [invert()],
  open: async () => {
    const size = 400;
    const bytes = Uint8Array.from({ length: size * 784 }, (_, index) => {
      const [image, pixel] = [Math.floor(index / 784), index % 784];
      const along = image % 2 === 0 ? Math.floor(pixel / 28) : pixel % 28;
      return (along + image) % 4 < 2 ? 220 : 30;
    });
    const labels = Int32Array.from({ length: size }, (_, image) => image % 2);
    return {
      name: 'own-stripes',
      classes: ['across', 'down'],
      imageShape,
      mean: [0.5],
      standardDeviation: [0.4],
      train: createMemoryImageSet({ name: 'train', chunks: [{ bytes, count: size }], labels, imageShape }),
      test: null,
    };
  },
});
