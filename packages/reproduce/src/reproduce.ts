import { join } from 'node:path';
import { version } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { checkBars, compareFigures } from './compare-figures';
import { describeMachine } from './describe-machine';
import { measureSystem } from './measure-system';
import type { Recipe } from './recipe';
import type { ReproduceOptions } from './reproduce-options';
import type { Reproduction, SystemResult } from './result';
import { runFolderOf, trainSystem } from './train-system';
import { addSeconds } from './spent-time';

/** Test and calibration samples that the quick form looks at. */
const QUICK_SAMPLES = 512;

/** What came of a recipe, and where it is kept. */
export interface ReproducedFiles {
  readonly result: Reproduction;
  /** The path of the result. */
  readonly path: string;
}

/**
 * Carries out a published system: trains its networks, chooses their thresholds, measures them on the test split, and
 * puts the paper's figures beside ours. Whatever was trained stays in `out/runs`; the result is `out/NAME.json`, or
 * `out/NAME.quick.json` for the quick form.
 *
 * @returns null if the signal ended a training; with `resume` it goes on
 * @throws as `openData`, `train` and `searchThresholds` do
 */
export async function reproduce(
  recipe: Recipe,
  options: ReproduceOptions = {},
): Promise<ReproducedFiles | null> {
  const { quick = false, out = 'results', seed = 0, command = null, thresholdsFromTest = false } = options;
  const { engine, signal, onProgress, onNote } = options;
  const engineName = engine?.name ?? 'unknown';
  /** By run folder: a network that serves two systems was trained once. */
  const seconds = new Map<string, number>();
  const systems: SystemResult[] = [];
  for (const system of recipe.systems) {
    signal?.throwIfAborted();
    const began = performance.now();
    const { trainedAs = system.name } = system;
    const runDirectory = runFolderOf(out, recipe, trainedAs, quick);
    const resume = options.resume === true || trainedAs !== system.name;
    const spent = (): number => (performance.now() - began) / 1000;
    const trained = await trainSystem(recipe, system, { ...options, resume, runDirectory });
    if (trained === null) {
      await addSeconds(runDirectory, spent());
      return null;
    }
    const measured = await measureSystem(system, trained, {
      ...{
        engine: engineName,
        fromTest: thresholdsFromTest,
        ...(quick ? { most: QUICK_SAMPLES } : {}),
        signal,
        onProgress,
        onNote,
      },
    });
    systems.push(measured);
    seconds.set(runDirectory, await addSeconds(runDirectory, spent()));
    trained.network.model.dispose();
  }
  const result: Reproduction = {
    ...{ format: 'earlyexit-reproduction', formatVersion: 1 },
    ...{ name: recipe.name, title: recipe.title, paper: recipe.paper, notes: recipe.notes },
    form: quick ? 'quick' : 'full',
    ...{ command, version, seed },
    machine: describeMachine(engineName),
    date: new Date().toISOString(),
    seconds: [...seconds.values()].reduce((sum, each) => sum + each, 0),
    systems,
    comparison: compareFigures(recipe, systems),
    bars: quick ? [] : checkBars(recipe, systems),
  };
  const marks = `${quick ? '.quick' : ''}${thresholdsFromTest ? '.thresholds-from-test' : ''}`;
  const path = join(out, `${recipe.name}${marks}.json`);
  await writeWholeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  return { result, path };
}
