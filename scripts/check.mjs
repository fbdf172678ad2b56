// Everything that can be said about the code without running it.
import { checks, runStep } from './steps.mjs';

const failed = [];
for (const step of checks) if (!(await runStep(step))) failed.push(step.name);

console.log(failed.length === 0 ? '\nall checks passed' : `\nfailed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
