import { basename, resolve } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import { neverLeave, storedPolicy, summarizeExits } from '@earlyexit/exit-criteria';
import type { Output } from '../terminal/output';
import type { ComparedNetwork, CurvePoint } from '../report/report-data';
import { type LoadedModel, loadReference, resolveTrainedModel } from './model-argument';
import { checkClasses } from './open-data';
import { type DataSettings, readRunConfig } from '@earlyexit/runs';
import { makeWorkbench, type Workbench } from './workbench';

type Reference = LoadedModel['reference'];

/**
 * Finds the networks that `--compare` names and refuses those that were trained on something else, before anything is
 * computed.
 *
 * @param own the MODEL of the command
 * @param asked the data set that the command names itself, if any
 * @throws ArgumentError for another data set, or a network that is named twice
 */
export async function resolveCompared(
  paths: readonly string[],
  own: string,
  asked: { readonly dataset?: string | undefined; readonly dataDir?: string | undefined },
): Promise<Reference[]> {
  const main = await resolveTrainedModel(own);
  const data = await dataOf(main);
  const dataset = asked.dataset ?? data?.dataset;
  const dataDir = asked.dataDir === undefined ? data?.dataDir : resolve(asked.dataDir);
  const seen = new Set([resolve(main.directory)]);
  const references: Reference[] = [];
  for (const path of paths) {
    const reference = await resolveTrainedModel(path);
    if (seen.has(resolve(reference.directory))) {
      throw wrong('each network is named once, and MODEL is in the report already', path, 'Leave it out');
    }
    seen.add(resolve(reference.directory));
    const other = await dataOf(reference);
    if (other !== null && dataset !== undefined && other.dataset !== dataset) {
      throw wrong(
        `networks are compared on the same test images, and ${own} is about ${dataset}`,
        `${path}, trained on ${other.dataset}`,
        `Name a run on ${dataset}`,
      );
    }
    // Folders of images are all called image-folder.
    if (other !== null && dataset === 'image-folder' && other.dataDir !== dataDir) {
      throw wrong(
        `networks are compared on the same test images, and ${own} is about those in ${String(dataDir)}`,
        `${path}, trained on ${String(other.dataDir)}`,
        'Name a run on the same folder: the other may have been trained on these test images',
      );
    }
    references.push(reference);
  }
  return references;
}

/**
 * Loads the networks to compare with, before any is run.
 *
 * @throws ArgumentError if a network tells other classes apart or takes images of another size
 */
export async function loadCompared(
  references: readonly Reference[],
  bench: Workbench,
): Promise<LoadedModel[]> {
  const loaded: LoadedModel[] = [];
  for (const reference of references) {
    const other = await loadReference(reference);
    const { metadata } = other.model;
    await checkClasses(metadata, bench.source);
    const shape = metadata.preprocessing?.inputShape;
    if (shape !== undefined && shape.join() !== bench.source.imageShape.join()) {
      throw wrong(
        `networks are compared on the same test images, ${bench.source.imageShape.join('×')} here`,
        `${reference.argument}, which takes ${shape.join('×')}`,
        'Name a network for images of this size',
      );
    }
    loaded.push(other);
  }
  return loaded;
}

/**
 * Runs other networks on the test split of a workbench: where each stands with its own thresholds, or whole if it has
 * no early exits or was not calibrated. They are disposed of.
 */
export async function evaluateCompared(
  loaded: readonly LoadedModel[],
  bench: Workbench,
  options: { readonly batchSize?: number | undefined; readonly output: Output; readonly signal: AbortSignal },
): Promise<ComparedNetwork[]> {
  const { output } = options;
  const names = [bench.model.metadata.name, ...loaded.map(({ model }) => model.metadata.name)];
  const compared: ComparedNetwork[] = [];
  for (const { model, reference } of loaded) {
    const { metadata } = model;
    const folder = basename(resolve(reference.runDirectory ?? reference.directory));
    const name = names.filter((each) => each === metadata.name).length > 1 ? folder : metadata.name;
    output.note(`comparing with ${reference.argument}: ${metadata.name}`);
    const other = makeWorkbench({ ...bench, model, reference }, options);
    const stored = storedPolicy(metadata);
    const earlyExits = metadata.exits.length - 1;
    if (stored === null && earlyExits > 0) {
      output.warn(
        `${reference.argument} is not calibrated: it is shown without its exits. Run earlyexit calibrate ${reference.argument} first`,
      );
    }
    const summary = summarizeExits(await other.logits('test'), stored ?? neverLeave(metadata), other.costs);
    const at = (accuracy: number | null, averageMacs: number | null): CurvePoint => ({
      accuracy: accuracy ?? 0,
      averageMacs: averageMacs ?? 0,
      share: (averageMacs ?? 0) / bench.costs.staticMacs,
    });
    const plain = at(summary.static.top1, metadata.staticMacs);
    compared.push({
      name,
      model: metadata.name,
      run: reference.argument,
      earlyExits,
      calibrated: stored !== null,
      ...(stored === null ? plain : at(summary.top1, summary.averageMacs)),
      static: plain,
    });
    model.model.dispose();
  }
  return compared;
}

async function dataOf({ runDirectory }: Reference): Promise<DataSettings | null> {
  return runDirectory === null ? null : ((await readRunConfig(runDirectory))?.data ?? null);
}

function wrong(rule: string, received: string, remedy: string): ArgumentError {
  return new ArgumentError({ where: '--compare', rule, received, remedy });
}
