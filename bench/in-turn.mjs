/**
 * Times two commands in turn and prints how much longer the second takes, with a 95 % interval from six rounds on. For
 * two versions of the command line, build an older one beside this one:
 *
 *   git worktree add ../before 3563a11 && (cd ../before && npm run setup && npm run build:js)
 *   node bench/in-turn.mjs 7 "node ../before/apps/cli/bin/earlyexit.js calibrate A --logits A.safetensors -q" \
 *     "node apps/cli/bin/earlyexit.js calibrate B --logits B.safetensors -q"
 *
 * A and B are copies of one model folder: `calibrate` stores what it finds. Needs `npm run build:js`.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { pairedRatio, timeInTurn } from '@earlyexit/benchmark';

const [rounds, ...commands] = process.argv.slice(2);

/** Wall time of a command, in seconds. */
function secondsOf(command) {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

const [first, second] = commands;
const seconds = await timeInTurn(
  { first: () => secondsOf(first), second: () => secondsOf(second) },
  { rounds: Number(rounds) },
);
const { ratio, interval } = pairedRatio(seconds.second, seconds.first);
const range = interval === null ? '' : ` (${interval.map((bound) => bound.toFixed(2)).join(' to ')})`;
console.log(`${second}\nover\n${first}: ${ratio.toFixed(2)}×${range}, ${rounds} rounds`);
