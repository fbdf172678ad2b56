import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, DataError, didYouMean } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';
import { parseDocument } from 'yaml';
import { type Recipe, recipeSchema } from './recipe';

/** Beside the sources and beside the build alike. */
const folder = fileURLToPath(new URL('../recipes/', import.meta.url));
const ENDING = '.yaml';
const LARGEST_RECIPE_BYTES = 2 ** 20;

/** Every recipe that comes with the package, by name. */
export async function listRecipes(): Promise<Recipe[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith(ENDING)).sort();
  return Promise.all(names.map((file) => readRecipe(join(folder, file))));
}

/**
 * A recipe of the package by its name, or one of your own by the path of its file (`…/mine.yaml`).
 *
 * @throws ArgumentError for an unknown name, with the nearest ones; DataError for a file that is no recipe
 */
export async function readRecipe(nameOrPath: string): Promise<Recipe> {
  const path = nameOrPath.endsWith(ENDING) ? nameOrPath : await pathOf(nameOrPath);
  const content = await readWholeFile(path, { size: LARGEST_RECIPE_BYTES });
  const document = parseDocument(new TextDecoder().decode(content));
  const refuse = (rule: string, received: string): DataError =>
    new DataError({ where: path, rule, received });
  const [problem] = document.errors;
  if (problem !== undefined) throw refuse('a recipe is YAML', problem.message);
  const parsed = recipeSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue?.path.join('.') ?? 'the file'} is as a recipe has it`, issue?.message ?? 'another');
  }
  const recipe = parsed.data;
  const systems = recipe.systems.map((system) => system.name);
  if (new Set(systems).size < systems.length)
    throw refuse('every system has a name of its own', systems.join(', '));
  const early = recipe.systems.find(
    ({ trainedAs }, index) => trainedAs !== undefined && !systems.slice(0, index).includes(trainedAs),
  );
  if (early !== undefined) throw refuse('trainedAs names an earlier system', String(early.trainedAs));
  const stray = [...recipe.published, ...recipe.bars].find(({ system }) => !systems.includes(system));
  if (stray !== undefined) throw refuse(`a figure belongs to one of ${systems.join(', ')}`, stray.system);
  return recipe;
}

async function pathOf(name: string): Promise<string> {
  const names = (await readdir(folder)).map((file) => basename(file, ENDING)).sort();
  if (names.includes(name)) return join(folder, `${name}${ENDING}`);
  throw new ArgumentError({
    function: 'readRecipe',
    argument: 'recipe',
    rule: `a recipe is one of ${names.join(', ')}, or a file that ends in ${ENDING}`,
    received: `'${name}'`,
    remedy: didYouMean(name, names),
  });
}
