import type * as Library from '@earlyexit/boundary';
import type { PlaneOpinions } from '@earlyexit/boundary';
import { openPlainEngine } from '../plain-engine';
import type { ExperimentState } from './experiment-state';

/** Points of a shape: enough for smooth boundaries, few enough for a page. */
const POINTS = 240;
/** Steps between two pictures. */
const STEPS_A_PICTURE = 10;
/** Cells a side while it is trained, and afterwards. */
const [ROUGH, FINE] = [40, 96];

/** The library, with the engine that it runs on. */
export type BoundaryLibrary = typeof Library;

let loaded: Promise<BoundaryLibrary> | undefined;

/** Loads the library and its engine, once. */
export function loadBoundaryLibrary(): Promise<BoundaryLibrary> {
  loaded ??= (async () => {
    const library = await import('@earlyexit/boundary');
    await openPlainEngine();
    return library;
  })();
  return loaded;
}

/**
 * Trains from the start, and hands out what the exits say every few steps.
 *
 * @param onLook what they say, and whether the training is over
 * @throws the reason of `signal`
 */
export async function runExperiment(
  { createPlaneExperiment }: BoundaryLibrary,
  { shape, noise, seed, steps, marks }: ExperimentState,
  {
    signal,
    onLook,
  }: { readonly signal: AbortSignal; onLook(opinions: PlaneOpinions, isOver: boolean): void },
): Promise<void> {
  const experiment = createPlaneExperiment({ shape, noise, seed, marks, points: POINTS });
  try {
    while (experiment.steps < steps) {
      onLook(await experiment.ask(ROUGH), false);
      await experiment.train(Math.min(STEPS_A_PICTURE, steps - experiment.steps), { signal });
    }
    onLook(await experiment.ask(FINE), true);
  } finally {
    experiment.dispose();
  }
}
