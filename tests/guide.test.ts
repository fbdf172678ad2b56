import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../apps/cli/src/program';
import { commandLinesOf } from './guide';
import { readText, root } from './workspace';

const pages = readdirSync(`${root}apps/docs/guide`).map((name) => `apps/docs/guide/${name}`);
const surroundings = { stdout: {}, stderr: {} } as Parameters<typeof createProgram>[0];
const program = createProgram(surroundings, { exitCode: 0, verbose: false });

/** What a line of the guide asks for that the command line does not have. */
function unknownIn(line: string): string[] {
  const [name = '', ...words] = line.split(/\s+/);
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return [`earlyexit ${name}`];
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short, '--help']));
  return words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ''))
    .filter((flag) => !known.has(flag))
    .map((flag) => `earlyexit ${name} ${flag}`);
}

describe.each([...pages, 'apps/docs/install.md', 'apps/docs/index.md', 'README.md'])('%s', (page) => {
  it('names commands and flags that there are', () => {
    expect(commandLinesOf(readText(page)).flatMap(unknownIn)).toEqual([]);
  });
});

it('would find what there is not', () => {
  const lines = commandLinesOf(
    '```sh\nnpx earlyexit train --epoch 3 \\\n  --modle x   # why\nnpx earlyexit trian\n```\n',
  );
  expect(lines.flatMap(unknownIn)).toEqual([
    'earlyexit train --epoch',
    'earlyexit train --modle',
    'earlyexit trian',
  ]);
});
