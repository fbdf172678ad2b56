// What the thread that prepares batches imports: it makes again what the main thread has described.
import { createAugmentation } from './augmentation/register-augmentation';
import { createSharedFilesRead } from './image-folder/image-files-set';
import { createMemoryRead } from './image-set/memory-image-set';
import { createSplitLoad, type LoadSplit, type SharedSplitLoad } from './splits/split-load';

/**
 * The load function of a split, made from its origin's data.
 *
 * @throws ArgumentError for an augmentation that is not registered in this thread
 */
export async function openSplitLoad(data: SharedSplitLoad): Promise<LoadSplit> {
  const { images, rows, augmentation } = data;
  const read =
    images.kind === 'memory' ? createMemoryRead(images.images) : createSharedFilesRead(images.images);
  return createSplitLoad(data, { read }, rows, await Promise.all(augmentation.map(createAugmentation)));
}
