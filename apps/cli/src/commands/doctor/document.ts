import { arch, availableParallelism, cpus, freemem, platform, totalmem } from 'node:os';
import type { EngineReport } from '@earlyexit/backend';
import { version } from '../../version';
import type { Check } from './checks';
import type { RuntimeReport } from './check-runtimes';
import type { Speed } from './measure-speeds';

/** What `doctor` found out. */
export interface Findings {
  readonly engines: readonly EngineReport[];
  /** What `auto` takes; null if no engine works. */
  readonly chosen: { readonly name: string } | null;
  readonly runtimes: readonly RuntimeReport[];
  readonly speeds: readonly Speed[];
  readonly checks: readonly Check[];
}

/** What `doctor --json` prints. */
export interface DoctorDocument extends Findings {
  readonly version: string;
  readonly machine: {
    readonly platform: string;
    readonly node: string;
    readonly processor: string;
    readonly threads: number;
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
  };
}

/** Puts what was found beside the machine that it was found on. */
export function doctorDocument(findings: Findings): DoctorDocument {
  const machine = {
    platform: `${platform()} ${arch()}`,
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
  return { version, machine, ...findings };
}

/** Whether the other commands can work: some engine does, no runtime answers wrongly, and nothing else is missing. */
export function isReady({ engines, runtimes, checks }: DoctorDocument): boolean {
  return (
    engines.some(({ selfTest }) => selfTest?.ok === true) &&
    runtimes.every(({ selfTest }) => selfTest?.ok !== false) &&
    checks.every(({ ok }) => ok)
  );
}
