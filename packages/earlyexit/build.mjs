// Writes one module a sub-path, each of which hands on a package: `earlyexit/inference/onnx` is
// `@earlyexit/inference/onnx`. The list stands in `exports` of package.json; tests/packages.test.ts holds it complete.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));

rmSync(`${here}dist`, { recursive: true, force: true });
for (const [path, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  for (const file of [target.import, target.types]) {
    mkdirSync(dirname(here + file), { recursive: true });
    writeFileSync(here + file, `export * from '@earlyexit/${path.slice(2)}';\n`);
  }
}
