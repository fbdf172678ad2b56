// What a thread that loads samples imports: it makes again what the main thread has described.
import type { Augmentation } from './augmentation';
import type { AugmentationRecipe } from './augmentation-recipe';
import { horizontalFlip } from './horizontal-flip';
import { createSharedFilesRead } from './image-files-set';
import { createMemoryRead } from './memory-image-set';
import { padAndCrop } from './pad-and-crop';
import { createSplitLoad, type LoadSplit, type SharedSplitLoad } from './split-load';

/** The load function of a split, made from its origin's data. */
export function openSplitLoad(data: SharedSplitLoad): LoadSplit {
  const { images, rows, augmentation } = data;
  const read =
    images.kind === 'memory' ? createMemoryRead(images.images) : createSharedFilesRead(images.images);
  return createSplitLoad(data, { read }, rows, augmentation.map(augmentationOf));
}

function augmentationOf(recipe: AugmentationRecipe): Augmentation {
  return recipe.name === 'padAndCrop' ? padAndCrop(recipe.pixels) : horizontalFlip();
}
