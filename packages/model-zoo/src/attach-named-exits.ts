import { attachExits, type ExitSpecification, type MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError, EarlyExitError } from '@earlyexit/core';
import { resolveLayerName } from './resolve-layer-name';

/** It fits everywhere and costs little. */
const DEFAULT_HEAD = 'pooled';

/**
 * Gives a plain network exits in the notation that people type. Its name, classes and preprocessing stay.
 *
 * @param exits each `LAYER` or `LAYER:HEAD`: a layer name that `resolveLayerName` accepts, the head by its registered
 *   name, `pooled` unless given
 * @param seed the seed of the heads' weights; 0 unless given
 * @param caller the function that errors name
 * @throws ArgumentError for an exit in another notation, an unknown layer or head, or a network that already has exits
 */
export function attachNamedExits(
  plain: MultiExitModel,
  exits: readonly string[],
  seed = 0,
  caller = 'attachNamedExits',
): MultiExitModel {
  const { name, classes, preprocessing } = plain.metadata;
  try {
    const read = readExits(exits, plain, caller);
    return attachExits(plain.model, read, { name, classes: [...classes], preprocessing, seed });
  } catch (error) {
    // An error about a layer or a head is an error in this text.
    if (!EarlyExitError.is(error) || error.kind !== 'argument') throw error;
    const { where: _, ...parts } = error.parts;
    throw new ArgumentError({ ...parts, function: caller, argument: 'exits', cause: error });
  }
}

/** Reads exits in this notation, for a network that has none yet. */
function readExits(exits: readonly string[], plain: MultiExitModel, caller: string): ExitSpecification[] {
  const own = plain.metadata.exits.slice(0, -1);
  if (own.length > 0) {
    throw new ArgumentError({
      function: caller,
      argument: 'exits',
      rule: 'exits are attached to a plain network',
      received: `${plain.metadata.name}, which has ${own.map((exit) => `${exit.name} after ${exit.attachedAfter ?? ''}`).join(', ')}`,
      remedy: 'Name the plain variant, or leave them out',
    });
  }
  return exits.map((written) => {
    const [layer = '', head = DEFAULT_HEAD, ...rest] = written.split(':');
    if (layer === '' || head === '' || rest.length > 0) {
      throw new ArgumentError({
        function: caller,
        argument: 'exits',
        rule: 'an exit is written LAYER or LAYER:HEAD',
        received: written,
      });
    }
    // attachExits checks whether the head exists: it knows the names.
    return { after: resolveLayerName(plain, layer), head };
  });
}
