import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { collectResults } from './collect-results';
import { resultFiles } from './write-results';

it('finds the page of this repository as its results have it', async () => {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const files = resultFiles(await collectResults(join(root, 'results')));
  for (const [path, content] of files) expect(await readFile(join(root, path), 'utf8'), path).toBe(content);
});
