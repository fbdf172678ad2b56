import { ArgumentError, nearestName } from '@earlyexit/core';
import type { Augmentation } from './augmentation';
import { type AugmentationRecipe, withRecipe } from './augmentation-recipe';
import { horizontalFlip } from './horizontal-flip';
import { padAndCrop } from './pad-and-crop';
import { randomResizedCrop } from './random-resized-crop';

type Factory = (settings: never) => Augmentation;

const factories = new Map<string, Factory>([
  ['padAndCrop', padAndCrop],
  ['horizontalFlip', horizontalFlip],
  ['randomResizedCrop', randomResizedCrop],
]);

/**
 * Registers an augmentation of your own, so that the thread that prepares batches can make it again. Without this, an
 * augmentation works as well, but batches are then prepared by the thread that trains.
 *
 * ```ts
 * export const darken = registerAugmentation(
 *   'darken',
 *   import.meta.url,
 *   (amount: number) => ({ name: `darken(${amount})`, apply: ({ bytes }) => { … } }),
 * );
 * splitDataset(source, { augmentation: [darken(20)] });
 * ```
 *
 * @param name by which the recipe names it; no other augmentation has it
 * @param module the URL of the module that makes this call (`import.meta.url`): the other thread imports it
 * @param create makes the augmentation from its settings, which must be plain data (they are cloned to the thread)
 * @returns `create`, whose augmentations can now be made again in another thread
 * @throws ArgumentError if the name is taken
 */
export function registerAugmentation<Settings = void>(
  name: string,
  module: string,
  create: (settings: Settings) => Augmentation,
): (settings: Settings) => Augmentation {
  if (factories.has(name)) {
    throw new ArgumentError({
      function: 'registerAugmentation',
      argument: 'name',
      rule: 'no other augmentation has this name',
      received: `'${name}'`,
      remedy: 'Choose another name',
    });
  }
  const registered = (settings: Settings): Augmentation =>
    withRecipe(create(settings), { name, settings, module });
  factories.set(name, registered);
  return registered;
}

/**
 * Makes an augmentation again from its recipe. Imports the module that registers it, where it has one.
 *
 * @throws ArgumentError if no augmentation of that name is registered, by that module either
 */
export async function createAugmentation(recipe: AugmentationRecipe): Promise<Augmentation> {
  const { name, settings, module } = recipe;
  if (!factories.has(name) && module !== null) await import(module);
  const factory = factories.get(name) as ((settings: unknown) => Augmentation) | undefined;
  if (factory !== undefined) return factory(settings);
  const near = nearestName(name, [...factories.keys()]);
  throw new ArgumentError({
    function: 'createAugmentation',
    argument: 'name',
    rule: `an augmentation is one of ${[...factories.keys()].join(', ')}, or registered by the module that its recipe names`,
    received: `'${name}'${module === null ? '' : `, which ${module} does not register`}`,
    remedy: near === null ? 'Register it with registerAugmentation' : `Perhaps '${near}' was meant`,
  });
}
