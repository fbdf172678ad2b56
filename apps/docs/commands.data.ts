import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../cli/bin/earlyexit.js', import.meta.url));

/** A command and what its `--help` prints. */
export interface CommandHelp {
  readonly name: string;
  readonly help: string;
}

function help(args: readonly string[]): string {
  const environment = { ...process.env, NO_COLOR: '1', COLUMNS: '92' };
  return execFileSync(process.execPath, [program, ...args, '--help'], { encoding: 'utf8', env: environment });
}

declare const data: { readonly overview: string; readonly commands: readonly CommandHelp[] };
export { data };

export default {
  /** Asks the built program itself, so that this page cannot disagree with it. */
  load(): typeof data {
    const overview = help([]);
    const list = /(?:^|\n)Commands:\n([\s\S]*?)\n\n/.exec(overview)?.[1] ?? '';
    const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    if (names.length === 0) throw new Error('earlyexit --help lists no commands: has its form changed?');
    return { overview, commands: names.map((name) => ({ name, help: help([name]) })) };
  },
};
