import type {
  openNetwork as open,
  OpenNetworkOptions,
  RegisteredLocation,
  SavedLocation,
} from '@earlyexit/runs';
import type { Output } from '../terminal/output';

/** Opens a network with its layers, and says so if its weights are random. An engine has to be running. */
export async function openNetwork(
  location: SavedLocation | RegisteredLocation,
  options: OpenNetworkOptions,
  output: Output,
): ReturnType<typeof open> {
  const { openNetwork: openLocation } = await import('@earlyexit/runs');
  const { exits, seed = 0 } = options;
  if (location.kind === 'registered') {
    output.note(`${location.name}: a registered network with random weights, seed ${String(seed)}`);
  }
  return openLocation(location, { exits, seed });
}
