import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { Output } from '../terminal/output';
import { buildNetwork } from './build-network';
import { loadReference, type ModelReference } from './model-argument';
import type { RunConfig } from '@earlyexit/runs';

/**
 * Opens what a MODEL argument stands for, where a network with random weights will do too, and says so if it has
 * them. An engine has to be running.
 *
 * @throws ArgumentError if exits are to be attached to a saved model
 */
export async function openNetwork(
  reference: ModelReference,
  options: { readonly exits?: readonly string[] | undefined; readonly seed?: number | undefined },
  output: Output,
): Promise<{ readonly model: MultiExitModel; readonly config: RunConfig | null }> {
  const { exits, seed = 0 } = options;
  if (reference.kind === 'network') {
    output.note(`${reference.name}: a registered network with random weights, seed ${String(seed)}`);
    return { model: await buildNetwork({ name: reference.name, exits, seed }), config: null };
  }
  if (exits !== undefined) {
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network by name; a saved model has its own',
      received: reference.argument,
      remedy: 'Leave --exits out, or name a plain network',
    });
  }
  const { model, config } = await loadReference(reference);
  return { model, config };
}
