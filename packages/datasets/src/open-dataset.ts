import { ArgumentError, nearestName } from '@earlyexit/core';
import type { DataSource, OpenOptions } from './data-source';
import { registeredDatasets } from './list-datasets';

/**
 * Opens a data set by name.
 *
 * @param name one of `listDatasets()`: `mnist`, `fashion-mnist`, `cifar10`, `cifar100`, `image-folder`
 * @returns the training and test images with labels, class names, mean and standard deviation
 * @throws ArgumentError for an unknown name or option; DataError for missing or damaged data; EnvironmentError where
 *   a package or the network is missing
 */
export async function openDataset(name: string, options: OpenOptions = {}): Promise<DataSource> {
  const entry = registeredDatasets.find((dataset) => dataset.name === name);
  if (entry === undefined) {
    const names = registeredDatasets.map((dataset) => dataset.name);
    const nearest = nearestName(name, names);
    throw new ArgumentError({
      where: 'openDataset(name)',
      rule: `name is one of ${names.join(', ')}`,
      received: `'${name}'`,
      ...(nearest === null ? {} : { remedy: `Perhaps '${nearest}' was meant` }),
    });
  }
  if (entry.imageShape !== null && (options.size ?? options.channels) !== undefined) {
    throw new ArgumentError({
      where: `openDataset('${name}', { size, channels })`,
      rule: `images of ${name} always measure ${entry.imageShape.join(' × ')}`,
      received: `size ${options.size ?? 'not given'}, channels ${options.channels ?? 'not given'}`,
      remedy: 'Leave both out',
    });
  }
  if (entry.needsDataDir && options.dataDir === undefined) {
    throw new ArgumentError({
      where: `openDataset('${name}', { dataDir })`,
      rule: 'the place of the data must be named (--data-dir)',
    });
  }
  options.signal?.throwIfAborted();
  return entry.open(options);
}
