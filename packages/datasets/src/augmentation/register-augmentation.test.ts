import { failure } from '@earlyexit/testing';
import { expect, test } from 'vitest';
import { recipeOf } from './augmentation-recipe';
import { horizontalFlip } from './horizontal-flip';
import { padAndCrop } from './pad-and-crop';
import { randomResizedCrop } from './random-resized-crop';
import { createAugmentation, registerAugmentation } from './register-augmentation';

const batch = (bytes: Uint8Array) => ({
  bytes,
  imageShape: [3, 2, 1] as const,
  images: 2,
  random: (image: number) => (image * 0x9e37_79b9) >>> 0,
});
const bytes = () => Uint8Array.from({ length: 12 }, (_, index) => index * 20);

const darken = registerAugmentation('test-darken', import.meta.url, ({ amount }: { amount: number }) => ({
  name: `darken(${amount})`,
  apply: ({ bytes: changed }) =>
    changed.forEach((byte, index) => (changed[index] = Math.max(0, byte - amount))),
}));

test.each([padAndCrop(1), padAndCrop(), horizontalFlip(), randomResizedCrop(), darken({ amount: 30 })])(
  'an augmentation made again from its cloned recipe does the same: $name',
  async (augmentation) => {
    const again = await createAugmentation(structuredClone(recipeOf(augmentation)!));
    const [first, second] = [bytes(), bytes()];
    augmentation.apply(batch(first));
    again.apply(batch(second));
    expect(second).toEqual(first);
    expect(again.name).toBe(augmentation.name);
    expect(recipeOf(again)).toEqual(recipeOf(augmentation));
  },
);

test('an augmentation that is not registered is an error, never another one', async () => {
  const recipe = { name: 'horizontalflip', settings: undefined, module: null };
  const error = await failure(createAugmentation(recipe));
  expect(error.name).toBe('ArgumentError');
  expect(error.message).toMatch(
    /padAndCrop, horizontalFlip.*Received: 'horizontalflip'\. Perhaps 'horizontalFlip'/,
  );
  const elsewhere = {
    name: 'rotate',
    settings: 5,
    module: new URL('./augmentation.ts', import.meta.url).href,
  };
  expect((await failure(createAugmentation(elsewhere))).message).toMatch(
    /augmentation\.ts does not register/,
  );
});

test('a name is given once', () => {
  expect(() => registerAugmentation('padAndCrop', import.meta.url, () => horizontalFlip())).toThrow(
    /no other augmentation has this name/,
  );
});
