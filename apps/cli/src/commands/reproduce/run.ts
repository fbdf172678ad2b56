import { listRecipes, readRecipe, reproduce } from '@earlyexit/reproduce';
import { type Invocation, missingOperand } from '../../command';
import { exitCode } from '../../exit-code';
import { startEngine } from '../../model/start-engine';
import { showing } from '../../terminal/show-work';
import { formatTable } from '../../terminal/table';
import { describeReproduction } from './describe';
import type { reproduce as declaration } from './options';

/** `earlyexit reproduce`: carries out a recipe and prints the paper's figures beside ours. */
export async function run(invocation: Invocation<typeof declaration>): Promise<number> {
  const { operands, output, signal } = invocation;
  const { list, engine: asked, threads, ...options } = invocation.options;
  if (list) {
    const recipes = (await listRecipes()).map(({ name, title, dataset }) => ({ name, title, dataset }));
    output.json(recipes);
    const rows = recipes.map(({ name, title, dataset }) => [name, title, dataset]);
    output.text(...formatTable(['recipe', 'system', 'data set'], rows, output.colors));
    return exitCode.done;
  }
  if (operands.recipe === undefined) throw missingOperand('recipe', 'none; see earlyexit reproduce --list');
  const recipe = await readRecipe(operands.recipe);
  const engine = await startEngine({ engine: asked, threads, training: recipe.systems[0]?.network }, output);
  // What changes figures, and whether they came in one go; where files lie does not belong in a record that is handed on.
  const { quick, resume, thresholdsFromTest, seed } = options;
  const marks = [
    ...(quick ? ['--quick'] : []),
    ...(resume ? ['--resume'] : []),
    ...(thresholdsFromTest ? ['--thresholds-from-test'] : []),
    ...(seed > 0 ? [`--seed ${seed}`] : []),
  ];
  const record = { engine, command: ['earlyexit reproduce', recipe.name, ...marks].join(' ') };
  const done = await showing(output, signal, (work) => reproduce(recipe, { ...options, ...work, ...record }));
  if (done !== null) {
    output.json(done.result);
    output.text(...describeReproduction(done, output.colors));
    return exitCode.done;
  }
  output.note(`interrupted: --resume goes on with what is in ${options.out}`);
  return exitCode.interrupted;
}
