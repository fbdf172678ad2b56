import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';

/** Runs a program in this process, on the sources and in `folder`, as the file `name`; gives what it logged. */
export async function printedHere(source: string, folder: string, name = 'program.mjs'): Promise<string[]> {
  const file = join(folder, name);
  writeFileSync(file, source);
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    printed.push(values.map(String).join(' '));
  });
  const before = process.cwd();
  process.chdir(folder);
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    process.chdir(before);
    log.mockRestore();
  }
  return printed;
}
