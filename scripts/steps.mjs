import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A command of the test run, named for the person who watches it.
 *
 * @typedef {{ name: string, command: string }} Step
 */

/** What `check` looks at, cheapest first. Each is also a script of the root package.json. */
export const checks = [
  { name: 'formatting', command: 'npm run --silent format:check' },
  { name: 'arrows between packages', command: 'npm run --silent arrows' },
  { name: 'unused files, exports and dependencies', command: 'npm run --silent knip' },
  { name: 'types', command: 'npm run --silent typecheck' },
  { name: 'lint', command: 'npm run --silent lint' },
];

/**
 * Runs one step with its output shown.
 *
 * @param {Step} step
 * @returns {Promise<boolean>} Whether it succeeded.
 */
export async function runStep({ name, command }) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const code = await new Promise((resolve) => {
    const child = spawn(command, { cwd: root, stdio: 'inherit', shell: true });
    child.on('error', () => resolve(1));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`== ${name}: ${code === 0 ? 'ok' : `failed (exit code ${code})`}, ${seconds} s`);
  return code === 0;
}

/**
 * Runs vitest and counts what it ran.
 *
 * @param {string} name What to call the step.
 * @param {string[]} options Further arguments for vitest.
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} `failed` is at least 1 when vitest
 *   itself failed, whatever it counted.
 */
export async function runVitest(name, options) {
  const folder = mkdtempSync(join(tmpdir(), 'earlyexit-vitest-'));
  const file = join(folder, 'result.json');
  const command = [
    'vitest run --reporter=default --reporter=json',
    `--outputFile.json="${file}"`,
    ...options,
  ];
  const succeeded = await runStep({ name, command: command.join(' ') });
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    counts = {
      passed: result.numPassedTests,
      failed: result.numFailedTests,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    console.log(`== ${name}: vitest left no result`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // A file that does not load, or an unhandled rejection, fails the run without failing a test.
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * Prints the closing line and sets the exit code.
 *
 * @param {{ passed: number, failed: number, skipped: number }} counts
 * @param {string[]} failedSteps Names of the steps before the tests that failed; each counts as one failure.
 */
export function close(counts, failedSteps) {
  for (const name of failedSteps) console.log(`failed: ${name}`);
  const failed = counts.failed + failedSteps.length;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.passed} passed, ${failed} failed${skipped}`);
  process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;
}
