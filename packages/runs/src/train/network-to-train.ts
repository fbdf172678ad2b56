import { type MultiExitMetadata, type MultiExitModel, withMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { DataSource } from '@earlyexit/datasets';
import { listModels } from '@earlyexit/model-zoo';
import { checkClasses } from '../check-classes';
import { locateModel, type RegisteredLocation, type SavedLocation } from '../locate-model';

/**
 * What a word names as a network to train: a registered one, which begins with random weights, or a saved one, which goes
 * on from its own.
 *
 * @throws ArgumentError for an unknown name, or an exported network; DataError for a path without a network
 */
export async function networkToTrain(word: string): Promise<SavedLocation | RegisteredLocation> {
  // A registered name comes first: a folder of that name in the working directory changes nothing.
  const names = listModels().map(({ name }) => name);
  if (names.includes(word)) return { kind: 'registered', name: word };
  const location = await locateModel(word, { registered: names });
  if (location.kind === 'saved' || location.kind === 'registered') return location;
  throw new ArgumentError({
    function: 'networkToTrain',
    argument: 'model',
    rule: 'what is trained has layers',
    received: `${word}, an exported file`,
    remedy: 'importOnnx makes layers of a convolutional network',
  });
}

/**
 * A saved network for data: its classes get the names of the data where it knows none, its preprocessing stays, and what was
 * calibrated before is gone.
 *
 * @throws ArgumentError for other classes, or images of another shape
 */
export function forData(network: MultiExitModel, source: DataSource): MultiExitModel {
  const { metadata } = network;
  const { imageShape, mean, standardDeviation, polarity = null } = source;
  const shape = network.model.inputs[0]!.shape.slice(1);
  if (shape.join() !== imageShape.join()) {
    throw new ArgumentError({
      function: 'prepareTraining',
      argument: 'dataset',
      rule: `the images are of the size that the network takes, [${shape.join(', ')}]`,
      received: `${source.name} with [${imageShape.join(', ')}]`,
      remedy: 'Name other data',
    });
  }
  const isNumbered = hasNumbers(metadata) && metadata.classes.length === source.classes.length;
  if (!isNumbered) checkClasses(metadata, source);
  return withMetadata(network, {
    classes: isNumbered ? source.classes : metadata.classes,
    preprocessing: metadata.preprocessing ?? { inputShape: imageShape, mean, standardDeviation, polarity },
    policy: null,
    data: null,
    fittedOn: [],
  });
}

/** Whether nobody has named the classes. */
function hasNumbers({ classes }: Pick<MultiExitMetadata, 'classes'>): boolean {
  return classes.every((name, index) => name === String(index));
}
