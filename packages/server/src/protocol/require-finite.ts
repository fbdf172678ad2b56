import { wrongRequest } from '../http/refusal';

/**
 * Refuses values that no network is sure of, before they reach a batch with the images of others.
 *
 * @throws Refusal that names the image
 */
export function requireFinite(images: Float32Array, count: number): void {
  // Of float32 values, a float64 sum is finite exactly if all of them are.
  const size = images.length / count;
  for (let image = 0; image < count; image++) {
    let sum = 0;
    for (let index = image * size; index < (image + 1) * size; index++) sum += images[index]!;
    if (Number.isFinite(sum)) continue;
    throw wrongRequest({
      where: `image ${image}`,
      rule: 'the values of an image are finite numbers',
      received: 'NaN or an infinite value',
    });
  }
}
