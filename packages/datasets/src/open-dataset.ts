import { ArgumentError, DataError, nearestName } from '@earlyexit/core';
import type { DataSource, OpenOptions } from './data-source';
import { type DatasetDefinition, findDataset, listDatasets } from './dataset-registry';

/**
 * Opens a data set by name.
 *
 * @param name one of `listDatasets()`: `mnist`, `fashion-mnist`, `cifar10`, `cifar100`, `image-folder`, and what
 *   `registerDataset` added
 * @returns the training and test images with labels, class names, mean and standard deviation, polarity and the usual
 *   augmentation
 * @throws ArgumentError for an unknown name or option; DataError for missing or damaged data; EnvironmentError where
 *   a package or the network is missing
 */
export async function openDataset(name: string, options: OpenOptions = {}): Promise<DataSource> {
  const definition = findDataset(name);
  if (definition === undefined) {
    const names = listDatasets().map((dataset) => dataset.name);
    const nearest = nearestName(name, names);
    throw new ArgumentError({
      function: 'openDataset',
      argument: 'name',
      rule: `name is one of ${names.join(', ')}`,
      received: `'${name}'`,
      ...(nearest === null ? {} : { remedy: `Perhaps '${nearest}' was meant` }),
    });
  }
  const { imageShape = null, needsDataDir = false, polarity = null, augmentation = [] } = definition;
  if (imageShape !== null && (options.size ?? options.channels) !== undefined) {
    throw new ArgumentError({
      function: 'openDataset',
      argument: options.size === undefined ? 'channels' : 'size',
      rule: `images of ${name} always measure ${imageShape.join(' × ')}`,
      received: `size ${options.size ?? 'not given'}, channels ${options.channels ?? 'not given'}`,
      remedy: 'Leave both out',
    });
  }
  if (needsDataDir && options.dataDir === undefined) {
    throw new ArgumentError({
      function: 'openDataset',
      argument: 'dataDir',
      rule: `the place of the data of ${name} is named`,
      received: 'none',
    });
  }
  options.signal?.throwIfAborted();
  const source = await definition.open(options);
  checkAgainst(definition, source);
  return {
    ...source,
    polarity: options.polarity ?? source.polarity ?? polarity,
    augmentation: source.augmentation ?? augmentation,
  };
}

/** Refuses data that are not what the data set says of itself. */
function checkAgainst({ name, classes, imageShape }: DatasetDefinition, source: DataSource): void {
  const wrong = (rule: string, received: string): DataError =>
    new DataError({ where: `the data set ${name}`, rule, received });
  if (typeof classes === 'number' && source.classes.length !== classes)
    throw wrong(`it has ${classes} classes`, String(source.classes.length));
  if (imageShape != null && imageShape.some((length, axis) => source.imageShape[axis] !== length))
    throw wrong(`its images measure ${imageShape.join(' × ')}`, source.imageShape.join(' × '));
}
