import type { MultiExitMetadata, MultiExitModel } from './multi-exit-model';
import { assertMetadata } from './validate-metadata';

/**
 * The same network with some of its metadata replaced. The layers and weights are shared; `model` stays as it was.
 *
 * @throws ArgumentError if the result does not fit the network.
 */
export function withMetadata(model: MultiExitModel, patch: Partial<MultiExitMetadata>): MultiExitModel {
  const metadata = { ...model.metadata, ...patch };
  assertMetadata(metadata, model.model, 'withMetadata(patch)');
  return { model: model.model, metadata };
}
