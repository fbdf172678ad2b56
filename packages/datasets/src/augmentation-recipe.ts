import type { Augmentation } from './augmentation';

/** An augmentation of this package as plain data, from which another thread makes the same one. */
export type AugmentationRecipe =
  { readonly name: 'padAndCrop'; readonly pixels: number } | { readonly name: 'horizontalFlip' };

// By the function: an augmentation with another one is another augmentation, whatever it was copied from.
const recipes = new WeakMap<Augmentation['apply'], AugmentationRecipe>();

/** Notes from what an augmentation can be made again. */
export function withRecipe(augmentation: Augmentation, recipe: AugmentationRecipe): Augmentation {
  recipes.set(augmentation.apply, recipe);
  return augmentation;
}

/** From what an augmentation can be made again; `null` for one of the user's own. */
export function recipeOf({ apply }: Augmentation): AugmentationRecipe | null {
  return recipes.get(apply) ?? null;
}
