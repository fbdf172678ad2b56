import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { type ExitMetadata, exitCombination } from '@earlyexit/branch-head';
import { listDatasets } from '@earlyexit/datasets';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import { failure, temporaryFolder } from '@earlyexit/testing';
import { combineExits, regimeNames, trainingRecipe } from '@earlyexit/trainer';
import { describe, expect, it } from 'vitest';
import { listRecipes, readRecipe } from './read-recipe';

const recipes = await listRecipes();

const exitNamed = (name: string): ExitMetadata => ({
  ...{ name, attachedAfter: null, head: null },
  ...{ macs: 1, backboneMacs: 1, headMacs: 0 },
});

it('lists the systems by name', () => {
  expect(recipes.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'branchynet-alexnet',
      'branchynet-lenet',
      'branchynet-resnet110',
      'cdl-mnist-2c',
      'cdl-mnist-3c',
      'distiller-cifar10',
      'distiller-imagenet',
      'sdn-resnet56',
    ]),
  );
});

describe.each(recipes)('$name', ({ dataset, systems, published, training, quick }) => {
  it('names networks and data that there are, and figures with their source', () => {
    expect(listDatasets().map(({ name }) => name)).toContain(dataset);
    for (const { network, exits, aim, ...system } of systems) {
      const entry = getModelEntry(network);
      const early = exits?.length ?? entry.exits;
      expect(early).toBeGreaterThan(0);
      const { lossWeights, ...settings } = { ...training, ...system.training };
      if (lossWeights !== undefined) expect(lossWeights).toHaveLength(early + 1);
      const named = Array.from({ length: early + 1 }, (_, index) => exitNamed(`exit${index}`));
      for (const epochs of [settings.epochs ?? training.epochs, quick.epochs]) {
        const { regime } = trainingRecipe({ ...settings, epochs }, named);
        expect(regime.phases({ epochs, earlyExits: early, lossWeights: () => [] })).not.toHaveLength(0);
      }
      if ('thresholds' in aim) expect(aim.thresholds).toHaveLength(early);
      if ('shares' in aim) expect(aim.shares).toHaveLength(early);
    }
    expect(published.length).toBeGreaterThan(0);
  });
});

it('the comparison of regimes has every one that trains a network from the start, with hints for all exits', async () => {
  await selectEngine('cpu');
  const path = fileURLToPath(new URL('../../../bench/regimes.yaml', import.meta.url));
  const { systems, training, quick } = await readRecipe(path);
  expect(systems.map(({ training: own }) => own?.regime).sort()).toEqual(
    regimeNames.filter((regime) => regime !== 'frozen').sort(),
  );
  for (const { network, exits, training: own } of systems) {
    const model = combineExits(createModel(network, { exits }), own?.regime);
    for (const { epochs } of [training, quick]) {
      const { lossWeights, ...settings } = { ...training, ...own, epochs };
      expect(lossWeights).toHaveLength(3);
      const { regime } = trainingRecipe(settings, model.metadata.exits);
      const context = {
        epochs,
        earlyExits: 2,
        lossWeights: () => [1, 1, 1],
        combination: exitCombination(model),
      };
      expect(regime.phases(context)).not.toHaveLength(0);
    }
    model.model.dispose();
  }
});

it('suggests a recipe, and takes one of your own by its path', async () => {
  const folder = await temporaryFolder();
  const unknown = await failure(readRecipe('branchynet-lenett'));
  expect([unknown.name, unknown.message]).toEqual([
    'ArgumentError',
    expect.stringMatching(/a recipe is one of branchynet-alexnet.*Did you mean branchynet-lenet/),
  ]);
  const at = async (text: string): Promise<string> => {
    const path = join(folder, 'mine.yaml');
    await writeFile(path, text);
    return path;
  };
  const own = `name: mine
title: Mine
paper: none
dataset: mnist
training: { epochs: 1 }
quick: { epochs: 1, limit: 10 }
systems:
  - { name: only, about: one, network: b_lenet, criterion: entropy, aim: { maxAccuracyDrop: 0.01 } }
published: []
`;
  expect(await readRecipe(await at(own))).toMatchObject({ name: 'mine', bars: [], notes: [] });
  for (const [text, message] of [
    [own.replace('epochs: 1 }', 'epochs: 0 }'), /training\.epochs is as a recipe has it/],
    [own.replace('title', 'titel'), /title/],
    [own.replace('published: []', 'published: ['), /a recipe is YAML/],
    [own.replace('maxAccuracyDrop', 'maxAcuracyDrop'), /systems\.0\.aim/],
    [
      `${own}bars: [{ system: other, figure: top1, least: 0.9 }]\n`,
      /a figure belongs to one of only\. Received: other/,
    ],
  ] as const) {
    const error = await failure(readRecipe(await at(text)));
    expect([error.name, error.message]).toEqual(['DataError', expect.stringMatching(message)]);
  }
});
