import { exitCode } from '../exit-code';
import type { Surroundings } from './surroundings';

/** What Ctrl-C does while a command runs. */
export interface Interruption {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** Listens for Ctrl-C: the first asks the command to save and stop, the second leaves at once. */
export function listenForInterruption(surroundings: Surroundings): Interruption {
  const controller = new AbortController();
  const end = surroundings.onInterrupt(() => {
    if (controller.signal.aborted) {
      surroundings.leave(exitCode.interrupted);
      return;
    }
    surroundings.stderr.write('\nInterrupted: stopping. Ctrl-C again leaves at once.\n');
    controller.abort();
  });
  return { signal: controller.signal, end };
}
