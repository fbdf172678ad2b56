import fc from 'fast-check';
import { expect, test } from 'vitest';
import { padAndCrop } from './pad-and-crop';

/** Pads, then cuts, one pixel at a time: what the fast version must equal. */
function reference(
  image: Uint8Array,
  height: number,
  width: number,
  channels: number,
  down: number,
  right: number,
) {
  return Uint8Array.from(image, (_, index) => {
    const channel = index % channels;
    const x = Math.floor(index / channels) % width;
    const y = Math.floor(index / channels / width);
    const [fromY, fromX] = [y + down, x + right];
    const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
    return inside ? image[(fromY * width + fromX) * channels + channel]! : 0;
  });
}

test('equals padding with zeros and cutting, at every place, also where the window misses the image', () => {
  const integer = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(
      integer(1, 7),
      integer(1, 7),
      integer(1, 3),
      integer(1, 9),
      fc.nat(),
      fc.nat(),
      (h, w, c, pixels, a, b) => {
        const places = 2 * pixels + 1;
        const image = Uint8Array.from({ length: h * w * c }, (_, index) => index + 1);
        // The first image of the batch stays where it is.
        const bytes = Uint8Array.of(...image, ...image);
        const bits = [(pixels << 16) | pixels, ((a % places) << 16) | (b % places)];
        padAndCrop(pixels).apply({
          bytes,
          imageShape: [h, w, c],
          images: 2,
          random: (index) => bits[index]!,
        });
        const moved = reference(image, h, w, c, (b % places) - pixels, (a % places) - pixels);
        expect(bytes).toEqual(Uint8Array.of(...image, ...moved));
      },
    ),
  );
});

test.each([0, -1, 1.5, Number.NaN])('padAndCrop(%d) is refused', (pixels) => {
  expect(() => padAndCrop(pixels)).toThrow(/positive integer/);
});
