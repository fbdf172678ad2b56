import type { Augmentation } from './augmentation';
import { withRecipe } from './augmentation-recipe';

/** Mirrors each image left to right with probability one half. */
export function horizontalFlip(): Augmentation {
  const augmentation: Augmentation = {
    name: 'horizontalFlip',
    apply({ bytes, imageShape: [height, width, channels], images, random }) {
      const rowBytes = width * channels;
      for (let image = 0; image < images; image += 1) {
        if (random(image) >= 2 ** 31) continue;
        for (let y = 0; y < height; y += 1) {
          let left = (image * height + y) * rowBytes;
          let right = left + rowBytes - channels;
          while (left < right) {
            for (let channel = 0; channel < channels; channel += 1) {
              const byte = bytes[left + channel]!;
              bytes[left + channel] = bytes[right + channel]!;
              bytes[right + channel] = byte;
            }
            left += channels;
            right -= channels;
          }
        }
      }
    },
  };
  return withRecipe(augmentation, { name: 'horizontalFlip', settings: undefined, module: null });
}
