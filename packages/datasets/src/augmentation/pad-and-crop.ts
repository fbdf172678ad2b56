import { ArgumentError } from '@earlyexit/core';
import type { Augmentation } from './augmentation';
import { withRecipe } from './augmentation-recipe';

/**
 * Pads each image by `pixels` black pixels (byte 0) on every side and cuts a window of the old size at a random
 * place: `RandomCrop(size, padding)` of torchvision, which also pads before normalising (He et al. 2016, 4.2).
 *
 * @param pixels default 4
 * @throws ArgumentError unless `pixels` is a positive integer
 */
export function padAndCrop(pixels = 4): Augmentation {
  if (!Number.isInteger(pixels) || pixels < 1) {
    throw new ArgumentError({
      function: 'padAndCrop',
      argument: 'pixels',
      rule: 'pixels is a positive integer',
      received: String(pixels),
    });
  }
  const places = 2 * pixels + 1;
  const augmentation: Augmentation = {
    name: `padAndCrop(${pixels})`,
    apply({ bytes, imageShape: [height, width, channels], images, random }) {
      const rowBytes = width * channels;
      const imageBytes = height * rowBytes;
      const window = new Uint8Array(imageBytes);
      for (let image = 0; image < images; image += 1) {
        const bits = random(image);
        // Both halves of the 32 bits; the bias of the remainder is below places / 65,536.
        const down = ((bits & 0xffff) % places) - pixels;
        const right = ((bits >>> 16) % places) - pixels;
        if (down === 0 && right === 0) continue;
        const start = image * imageBytes;
        window.fill(0);
        const firstColumn = Math.max(0, right);
        const lastColumn = Math.min(width, width + right);
        if (firstColumn < lastColumn) {
          for (let y = Math.max(0, -down); y < Math.min(height, height - down); y += 1) {
            const source = start + (y + down) * rowBytes;
            window.set(
              bytes.subarray(source + firstColumn * channels, source + lastColumn * channels),
              y * rowBytes + (firstColumn - right) * channels,
            );
          }
        }
        bytes.set(window, start);
      }
    },
  };
  return withRecipe(augmentation, { name: 'padAndCrop', settings: pixels, module: null });
}
