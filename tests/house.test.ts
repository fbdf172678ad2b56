import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readText, root } from './workspace';

/** Paths of the sources below a folder, tests and what helps them aside. */
function sourcesOf(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\/testing\/|\/test-[^/]+$/.test(path));
}

// What computes belongs into a package. The limit follows what gets smaller; it rose by `import`, `doctor FILE`, cascades of
// three, `serve`, energy and `results`.
const MOST_LINES = 6_396;

it('keeps the command line thin', () => {
  const lines = sourcesOf('apps/cli/src').map((path) => readText(path).split('\n').length - 1);
  const sum = lines.reduce((total, each) => total + each, 0);
  expect(sum).toBeLessThanOrEqual(MOST_LINES);
  expect(sum).toBeGreaterThan(MOST_LINES * 0.8);
});

// The words with which the packages compute what a command shows.
const COMPUTES =
  /\b(softmax|argmaxRows|simulate|evaluateExits|searchThresholds|fitTemperatures|controlRisk|fitConfidence)\(/;

it('computes nothing of early exit in the command line', () => {
  const computing = sourcesOf('apps/cli/src').filter((path) => COMPUTES.test(readText(path)));
  expect(computing).toEqual([]);
});

/** Sources that run other programs, and name the flags of those. */
const runsOthers = [
  'packages/native-engines/src/sources/pip.ts',
  'packages/native-engines/src/sources/npm-package.ts',
  // Node's own.
  'packages/core/src/node/programs/start-thread.ts',
  // How npm gets sharp for this platform.
  'packages/datasets/src/decode/decode-image.ts',
  'packages/benchmark/src/machine/check-packages.ts',
  // Programs in Python that it writes, and Triton.
  'packages/server/src/deploy/beam-pipeline.ts',
  'packages/server/src/deploy/pipeline-parts.ts',
  'packages/server/src/deploy/ray-pipeline.ts',
  'packages/server/src/deploy/write-deployment.ts',
];

it('lets no library speak of a flag: it names its argument, and a program maps that to its own word', () => {
  const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}/src`);
  const spoken = packages
    .filter((folder) => folder !== 'packages/earlyexit/src')
    .flatMap(sourcesOf)
    .flatMap((path) =>
      readText(path)
        .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
        .split('\n')
        // In a message a flag follows a word or opens it; `var(--ink)` and `--ink: black` are style sheets.
        .filter((line) => /(^|[\s`'"])--[a-z][a-z0-9-]+(?![a-z0-9-]*\s*:)/.test(line))
        .map((line) => ({ path, line: line.trim() })),
    );
  expect(spoken.filter(({ path }) => !runsOthers.includes(path))).toEqual([]);
  expect(new Set(spoken.map(({ path }) => path))).toEqual(new Set(runsOthers));
});

it('gives no two decisions one number, and lists them all', () => {
  const names = readdirSync(`${root}docs/decisions`).filter((name) => /^\d{4}-/.test(name));
  const numbers = names.map((name) => name.slice(0, 4));
  expect(numbers).toEqual([...new Set(numbers)]);
  const list = readText('docs/decisions/README.md');
  for (const name of names) {
    const number = name.slice(0, 4);
    expect(list).toContain(`[${number}](${name})`);
    expect(readText(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${number}: `));
  }
});
