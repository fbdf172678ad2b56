import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Machine } from './result';

/** The machine that this runs on. */
export function describeMachine(engine: string): Machine {
  const processors = cpus();
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    node: process.version,
    engine,
  };
}
