import { ArgumentError } from '@earlyexit/exit-criteria';
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
    throw new ArgumentError({
      where: 'openDataset(name)',
      rule: 'this data set is not known',
      received: name,
      remedy: `There are ${registeredDatasets.map((dataset) => dataset.name).join(', ')}`,
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
