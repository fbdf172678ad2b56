import type { Augmentation } from './augmentation';

/** An augmentation as plain data, from which another thread makes the same one again. */
export interface AugmentationRecipe {
  /** The name under which it is registered. */
  readonly name: string;
  /** What its factory is called with; anything that can be cloned. */
  readonly settings: unknown;
  /** The module that registers it, as a URL; `null` for those of this package. */
  readonly module: string | null;
}

// Keyed by `apply`, not by the object: a copy with another `apply` is another augmentation.
const recipes = new WeakMap<Augmentation['apply'], AugmentationRecipe>();

/** Attaches the recipe from which an augmentation can be made again. */
export function withRecipe(augmentation: Augmentation, recipe: AugmentationRecipe): Augmentation {
  recipes.set(augmentation.apply, recipe);
  return augmentation;
}

/** The recipe of an augmentation; `null` for one that was not registered. */
export function recipeOf({ apply }: Pick<Augmentation, 'apply'>): AugmentationRecipe | null {
  return recipes.get(apply) ?? null;
}
