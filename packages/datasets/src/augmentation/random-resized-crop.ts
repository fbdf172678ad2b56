import { ArgumentError, randomStream } from '@earlyexit/core';
import { cutWindow, type Size } from '../decode/cut-window';
import type { ImageWindow } from '../decode/image-window';
import type { Augmentation } from './augmentation';
import { withRecipe } from './augmentation-recipe';

/** Which windows `randomResizedCrop` cuts. */
export interface RandomResizedCropOptions {
  /** The smallest share of the image's area; 0.08 unless given. */
  readonly minArea?: number;
  /** The largest share of the image's area; 1 unless given. */
  readonly maxArea?: number;
  /** The largest ratio of a window's longer side to its shorter one; 4/3 unless given. */
  readonly maxAspectRatio?: number;
}

// As torchvision does; hardly an image needs more than three.
const ATTEMPTS = 10;

/**
 * Cuts a window of random area, aspect ratio and place, and scales it to the network's size: `RandomResizedCrop` of
 * torchvision, with which ImageNet networks are trained (Szegedy et al. 2015, "Going deeper with convolutions", 6).
 *
 * Where the images of a data set are decoded when they are read, the window is cut from the image as it is stored; else
 * from the bytes of the network's size.
 *
 * @throws ArgumentError for areas outside 0…1 or an aspect ratio below 1
 */
export function randomResizedCrop(options: RandomResizedCropOptions = {}): Augmentation {
  const { minArea = 0.08, maxArea = 1, maxAspectRatio = 4 / 3 } = options;
  if (!(minArea > 0 && minArea <= maxArea && maxArea <= 1)) {
    throw new ArgumentError({
      function: 'randomResizedCrop',
      argument: 'minArea',
      rule: 'areas are shares above 0 and up to 1, and minArea is no larger than maxArea',
      received: `minArea ${minArea}, maxArea ${maxArea}`,
    });
  }
  if (!(maxAspectRatio >= 1 && Number.isFinite(maxAspectRatio))) {
    throw new ArgumentError({
      function: 'randomResizedCrop',
      argument: 'maxAspectRatio',
      rule: 'it is a number of at least 1',
      received: String(maxAspectRatio),
    });
  }
  const chooseWindow = (image: Size, bits: number): ImageWindow => {
    const random = randomStream(bits);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const area = image.height * image.width * (minArea + (maxArea - minArea) * random());
      // Uniform in the logarithm: twice as wide is as likely as twice as high.
      const aspectRatio = maxAspectRatio ** (2 * random() - 1);
      const width = Math.round(Math.sqrt(area * aspectRatio));
      const height = Math.round(Math.sqrt(area / aspectRatio));
      if (width < 1 || height < 1 || width > image.width || height > image.height) continue;
      const top = Math.floor((image.height - height + 1) * random());
      const left = Math.floor((image.width - width + 1) * random());
      return { top, left, height, width };
    }
    return middleWindow(image, maxAspectRatio);
  };
  const augmentation: Augmentation = {
    name: 'randomResizedCrop',
    chooseWindow,
    apply({ bytes, imageShape: [height, width, channels], images, random }) {
      const size = { height, width };
      for (let image = 0; image < images; image += 1) {
        const pixels = bytes.subarray(
          image * height * width * channels,
          (image + 1) * height * width * channels,
        );
        const window = chooseWindow(size, random(image));
        pixels.set(cutWindow(copyWindow(pixels, size, window, channels), window, size, size, channels));
      }
    },
  };
  return withRecipe(augmentation, { name: 'randomResizedCrop', settings: options, module: null });
}

/** As much of the middle as the aspect ratio allows, for images that are too long for a window of the wanted area. */
function middleWindow(image: Size, maxAspectRatio: number): ImageWindow {
  const width = Math.min(image.width, Math.max(1, Math.round(image.height * maxAspectRatio)));
  const height = Math.min(image.height, Math.max(1, Math.round(image.width * maxAspectRatio)));
  return {
    top: Math.floor((image.height - height) / 2),
    left: Math.floor((image.width - width) / 2),
    height,
    width,
  };
}

function copyWindow(bytes: Uint8Array, image: Size, window: ImageWindow, channels: number): Uint8Array {
  const rowBytes = window.width * channels;
  const copy = new Uint8Array(window.height * rowBytes);
  for (let y = 0; y < window.height; y += 1) {
    const start = ((window.top + y) * image.width + window.left) * channels;
    copy.set(bytes.subarray(start, start + rowBytes), y * rowBytes);
  }
  return copy;
}
