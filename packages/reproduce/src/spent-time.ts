import { join } from 'node:path';
import { readJsonFile, writeWholeFile } from '@earlyexit/core/node';

const FILE = 'reproduction.json';

/** Adds to the seconds that a run folder has taken so far, and gives their sum. */
export async function addSeconds(runDirectory: string, seconds: number): Promise<number> {
  const path = join(runDirectory, FILE);
  const before = await readJsonFile(path).catch((): Record<string, unknown> => ({}));
  const sum = seconds + (typeof before['seconds'] === 'number' ? before['seconds'] : 0);
  await writeWholeFile(path, `${JSON.stringify({ seconds: sum })}\n`);
  return sum;
}
