import { ArgumentError } from '@earlyexit/core';
import type { MultiExitMetadata, MultiExitModel } from '../metadata/multi-exit-model';
import { assertMetadata } from '../metadata/validate-metadata';
import { withCosts } from '../metadata/with-costs';
import { tfl } from '../tf';

/**
 * The same network with only some of its early exits: the heads of the others are not part of it and cost nothing,
 * except for one that a later exit sees (`boostExits`, `cascadeHeads`). It
 * shares its weights with the given network and has no policy; the final exit always stays.
 *
 * @param exits indices of the early exits that stay, in rising order; none for the plain network
 * @throws ArgumentError for an index that is not an early exit's
 */
export function keepExits({ model, metadata }: MultiExitModel, exits: readonly number[]): MultiExitModel {
  const final = metadata.exits.length - 1;
  const isRight = exits.every((exit, index) => exit > (exits[index - 1] ?? -1) && exit < final);
  if (!isRight || !exits.every(Number.isInteger)) {
    throw new ArgumentError({
      function: 'keepExits',
      argument: 'exits',
      rule: `indices of early exits from 0 to ${final - 1}, each once and in rising order`,
      received: exits.join(', '),
    });
  }
  const kept = [...exits, final];
  const chosen: MultiExitMetadata = {
    ...metadata,
    exits: kept.map((exit) => metadata.exits[exit]!),
    lossWeights: metadata.lossWeights === null ? null : kept.map((exit) => metadata.lossWeights![exit]!),
    policy: null,
  };
  const outputs = kept.map((exit) => model.outputs[exit]!);
  const smaller = tfl.model({ inputs: model.inputs, outputs, name: model.name });
  const changed = withCosts(chosen, smaller);
  assertMetadata(changed, smaller, 'keepExits');
  return { model: smaller, metadata: changed };
}
