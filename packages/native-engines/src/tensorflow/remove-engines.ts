import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { enginesFolder, type InstalledEngine, listEngines } from '@earlyexit/backend/installed';

/**
 * Removes every native TensorFlow that `installTensorflowEngine` installed, and what an interrupted installation left.
 *
 * @param folder where engines are kept; `enginesFolder()` unless given
 * @returns the engines that were removed; empty if there were none
 * @throws the system's error if a file may not be removed
 */
export function removeEngines(folder: string = enginesFolder()): InstalledEngine[] {
  const engines = listEngines(folder);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) {
      if (name.startsWith('tensorflow-')) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  return engines;
}
