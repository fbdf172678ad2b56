/**
 * Trains a ResNet-20 with three exits on CIFAR-10 by every regime, for equally many epochs and several seeds, and writes
 * results/regimes.json: accuracies of every exit and the cost at half a point of accuracy, with their spread over the seeds.
 *
 *   node bench/regimes.mjs --data-dir cifar-10-binary.tar.gz
 *   node bench/regimes.mjs --quick --only joint,boosted --seeds 0    # whether everything works, in minutes
 *
 * It takes days on two cores. What was stopped goes on where it was when the same is typed again; what was trained lies in
 * OUT/runs. regimes.yaml is the experiment. Needs `npm run build:js`.
 */
/* global AbortController */
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { ArgumentError, EarlyExitError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { readRecipe, reproduce } from '@earlyexit/reproduce';

/** Ends with a sentence in the place of a stack trace. */
function endWith(code, message) {
  console.error(message);
  process.exit(code);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        seeds: { type: 'string', default: '0,1' },
        out: { type: 'string', default: 'results' },
        engine: { type: 'string', default: 'auto' },
        'data-dir': { type: 'string' },
      },
    }).values;
  } catch (error) {
    return endWith(2, error.message);
  }
}

const values = readArguments();
const { quick, out, 'data-dir': dataDir } = values;
const seeds = values.seeds.split(',').map(Number);
const areSeeds = /^\d+(,\d+)*$/.test(values.seeds) && seeds.every(Number.isSafeInteger);
if (!areSeeds || new Set(seeds).size < seeds.length)
  endWith(2, `--seeds are different whole numbers, as in 0,1; not ${values.seeds}`);
const whole = await readRecipe(fileURLToPath(new URL('regimes.yaml', import.meta.url)));
const names = whole.systems.map(({ name }) => name);
const asked = values.only?.split(',') ?? names;
const unknown = asked.find((name) => !names.includes(name));
if (unknown !== undefined) endWith(2, `--only names some of ${names.join(', ')}; not ${unknown}`);
const recipe = { ...whole, systems: whole.systems.filter(({ name }) => asked.includes(name)) };

const interruption = new AbortController();
process.once('SIGINT', () => {
  console.error('Stopping after this step. Type the same command to go on.');
  interruption.abort();
});

/** What came of every seed, in their order. */
async function reproduceAll() {
  const engine = await selectEngine(values.engine);
  const results = [];
  for (const seed of seeds) {
    const done = await reproduce(recipe, {
      ...{ quick, seed, engine, dataDir, download: dataDir === undefined, resume: true },
      out: join(out, 'runs', `${quick ? 'regimes-quick' : 'regimes'}-seed-${String(seed)}`),
      signal: interruption.signal,
      onNote: ({ text }) => console.error(`seed ${String(seed)}: ${text}`),
    });
    if (done === null) process.exit(130);
    results.push(done.result);
  }
  return results;
}

const runs = await reproduceAll().catch((error) => {
  // Outside a training an interruption arrives as an error.
  if (interruption.signal.aborted) process.exit(130);
  if (!(error instanceof EarlyExitError)) throw error;
  return endWith(error instanceof ArgumentError ? 2 : 1, error.message);
});

/** The mean of some numbers, and how far the largest is from the smallest. */
function meanAndSpread(numbers) {
  const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  return { mean, spread: Math.max(...numbers) - Math.min(...numbers) };
}

const regimes = recipe.systems.map(({ name, about }) => {
  const tests = runs.map(({ systems }) => systems.find((system) => system.name === name).test);
  return {
    ...{ name, about },
    exits: tests[0].exits.map((exit, index) => ({
      name: exit.name,
      top1: meanAndSpread(tests.map(({ exits }) => exits[index].top1All)),
    })),
    top1: meanAndSpread(tests.map((test) => test.top1)),
    macsRatio: meanAndSpread(tests.map((test) => test.macsRatio)),
  };
});
// What changes figures; where files lie does not belong in a record that is handed on.
const marks = [quick && '--quick', values.only && `--only ${values.only}`, `--seeds ${values.seeds}`];
const command = ['node bench/regimes.mjs', ...marks.filter(Boolean)].join(' ');
const { version, machine, date } = runs.at(-1);
const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
const result = {
  ...{ format: 'earlyexit-regimes', formatVersion: 1, title: recipe.title, notes: recipe.notes },
  form: quick ? 'quick' : 'full',
  ...{ command, version, seeds, machine, date, seconds, training: recipe.training, regimes },
};
const path = join(out, quick ? 'regimes.quick.json' : 'regimes.json');
await writeWholeFile(path, `${JSON.stringify(result, null, 2)}\n`);

const percent = ({ mean, spread }) => `${(100 * mean).toFixed(2)} % ±${(50 * spread).toFixed(2)}`;
for (const { name, exits, top1, macsRatio } of regimes) {
  const each = exits.map((exit) => percent(exit.top1)).join('  ');
  console.log(`${name}: exits ${each}; ${percent(top1)} at ${macsRatio.mean.toFixed(2)}× fewer MACs`);
}
console.log(`kept in ${path}`);
