import type { MultiExitModel } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import { attachNamedExits, createModel } from '@earlyexit/model-zoo';
import type { RegisteredLocation, SavedLocation } from './locate-model';
import { loadRun } from './open-run';
import type { RunConfig } from './run-config';

/** How a registered network is built. */
export interface OpenNetworkOptions extends Pick<WorkOptions, 'onNote'> {
  /** Exits for a plain network, as `createModel` takes them. */
  readonly exits?: readonly string[] | undefined;
  /** Of the random weights; 0 unless given. */
  readonly seed?: number | undefined;
}

/**
 * Opens a network with its layers: a saved one, or a registered one with random weights, of which a note tells. An engine of TensorFlow.js has
 * to be running.
 *
 * @throws ArgumentError if exits do not fit, or are to be attached to a network that has some; DataError if a
 *   file is damaged
 */
export async function openNetwork(
  location: SavedLocation | RegisteredLocation,
  { exits, seed = 0, onNote }: OpenNetworkOptions = {},
): Promise<{ readonly model: MultiExitModel; readonly config: RunConfig | null }> {
  if (location.kind === 'registered') {
    const text = `${location.name}: a registered network with random weights, seed ${String(seed)}`;
    onNote?.({ level: 'note', text });
    return { model: createModel(location.name, { exits, seed }), config: null };
  }
  const { model, config } = await loadRun(location);
  return { model: exits === undefined ? model : attachNamedExits(model, exits, seed, 'openNetwork'), config };
}
