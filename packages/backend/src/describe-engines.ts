import { EnvironmentError } from '@earlyexit/core';
import { type EngineName, engineNames } from './engine';
import { engineDrivers } from './engines/index';
import { selectEngine } from './select-engine';
import { runSelfTest, type SelfTest } from './self-test';
import { tf } from './tf';

/** What `doctor` says about an engine. */
export interface EngineReport {
  readonly name: EngineName;
  /** Whether it was found, started, and can be selected. */
  readonly available: boolean;
  readonly version: string | null;
  /** What it is, or why it is not available. */
  readonly reason: string;
  /** How to get it; null if it is available. */
  readonly remedy: string | null;
  /** A convolution, forward and backward, checked against known numbers; null where the engine is not available. */
  readonly selfTest: SelfTest | null;
}

/**
 * Finds out which engines are available, without starting any.
 *
 * @param names which to look for; all unless given
 */
export async function findEngines(
  names: readonly EngineName[] = engineNames,
): Promise<Pick<EngineReport, 'name' | 'available' | 'reason' | 'remedy'>[]> {
  return Promise.all(
    names.map(async (name) => {
      const found = await engineDrivers[name].probe();
      const { available, reason } = found;
      return { name, available, reason, remedy: found.available ? null : found.remedy };
    }),
  );
}

/**
 * Looks for every engine, starts those that are available, and has each run a small computation. Afterwards the engine
 * that was selected before is selected again.
 */
export async function describeEngines(): Promise<EngineReport[]> {
  // Not tf.getBackend(), which would choose a backend if there is none yet.
  const before = tf.engine().backendName;
  const reports: EngineReport[] = [];
  for (const name of engineNames) reports.push(await describeEngine(name));
  if (before) await tf.setBackend(before);
  return reports;
}

async function describeEngine(name: EngineName): Promise<EngineReport> {
  const found = await engineDrivers[name].probe();
  if (!found.available) {
    return {
      name,
      available: false,
      version: null,
      reason: found.reason,
      remedy: found.remedy,
      selfTest: null,
    };
  }
  try {
    await selectEngine(name);
    const selfTest = await runSelfTest();
    const reason = [found.reason, ...engineDrivers[name].remarks({})].join('; ');
    return { name, available: true, version: found.version, reason, remedy: null, selfTest };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    const { rule, remedy } = error.parts;
    return {
      name,
      available: false,
      version: found.version,
      reason: rule,
      remedy: remedy ?? null,
      selfTest: null,
    };
  }
}
