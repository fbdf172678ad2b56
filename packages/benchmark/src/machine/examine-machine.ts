import { arch, availableParallelism, cpus, freemem, platform, totalmem } from 'node:os';
import { describeEngines, type EngineReport, selectEngine } from '@earlyexit/backend';
import { version, type WorkOptions } from '@earlyexit/core';
import { checkPackages, type PackageCheck } from './check-packages';
import { checkRuntimes, type RuntimeReport } from './check-runtimes';
import { measureEngine, measureOnnxRuntime, type Speed } from './measure-speeds';

/** What a machine can do; `doctor --json` prints it. */
export interface MachineReport {
  /** Of earlyexit. */
  readonly version: string;
  readonly machine: {
    readonly platform: string;
    readonly node: string;
    readonly processor: string;
    readonly threads: number;
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
  };
  readonly engines: readonly EngineReport[];
  /** What `selectEngine` takes; null if no engine works. */
  readonly chosen: { readonly name: string } | null;
  readonly runtimes: readonly RuntimeReport[];
  readonly speeds: readonly Speed[];
  readonly checks: readonly PackageCheck[];
}

/**
 * Tries everything that the toolkit may need, and measures how fast it is here: every engine runs a convolution and
 * trains, every runtime of exported networks runs one. The best engine is selected afterwards.
 *
 * @throws the signal's reason
 */
export async function examineMachine({ signal, onProgress }: WorkOptions = {}): Promise<MachineReport> {
  const progress = (what: string, done: number, total: number): void =>
    onProgress?.({ what, done, total, unit: 'steps' });
  progress('trying the engines', 0, 1);
  const engines = await describeEngines();
  const working = engines.filter(({ selfTest }) => selfTest?.ok === true).map(({ name }) => name);
  const steps = working.length + 2;
  const speeds: Speed[] = [];
  for (const [index, name] of working.entries()) {
    progress(`timing ${name}`, index, steps);
    speeds.push(...(await measureEngine(name)));
    signal?.throwIfAborted();
  }
  progress('timing onnxruntime', working.length, steps);
  speeds.push(...(await measureOnnxRuntime()));
  signal?.throwIfAborted();
  const chosen = await selectEngine('auto').catch(() => null);
  progress('trying the runtimes', working.length + 1, steps);
  const runtimes = await checkRuntimes();
  const checks = await checkPackages();
  return { version, machine: describeMachine(), engines, chosen, runtimes, speeds, checks };
}

function describeMachine(): MachineReport['machine'] {
  return {
    platform: `${platform()} ${arch()}`,
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
}

/** Whether networks can be trained and run: some engine works, no runtime answers wrongly, and nothing else is missing. */
export function isReady({ engines, runtimes, checks }: MachineReport): boolean {
  return (
    engines.some(({ selfTest }) => selfTest?.ok === true) &&
    runtimes.every(({ selfTest }) => selfTest?.ok !== false) &&
    checks.every(({ ok }) => ok)
  );
}
