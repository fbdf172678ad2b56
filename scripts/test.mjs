// The test run a contributor types: installs, builds, checks and tests, with nothing needed but Node and npm.
// `--full` runs instead the slow tests, on packed packages, the docs site and other versions of Node.
import { checks, close, runStep, runVitest } from './steps.mjs';

const full = process.argv.includes('--full');

const preparation = [
  { name: 'setup', command: 'npm run --silent setup' },
  // Declarations take most of a build; only what looks at the packages as they ship needs them.
  { name: 'build', command: `npm run --silent ${full ? 'build' : 'build:js'}` },
];

const failed = [];
for (const step of preparation) {
  if (await runStep(step)) continue;
  failed.push(step.name);
  break;
}

if (failed.length > 0) {
  close({ passed: 0, failed: 0, skipped: 0 }, failed);
} else if (full) {
  close(await runVitest('full tests', ['--config', 'vitest.full.config.ts']), failed);
} else {
  for (const step of checks) if (!(await runStep(step))) failed.push(step.name);
  close(await runVitest('tests', []), failed);
}
