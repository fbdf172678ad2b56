import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@earlyexit/core/node';

/** A counter of the energy that the processor packages of this machine take. */
export interface EnergyCounter {
  /** What is read. */
  readonly name: string;
  /**
   * The microjoules that passed while something ran, whoever took them: the machine should be idle beside it. Of an action
   * so long that a counter starts anew twice it says too little.
   */
  measure(action: () => Promise<unknown>): Promise<number>;
}

/** A counter, or why there is none. */
export type FoundEnergyCounter =
  | { readonly counter: EnergyCounter; readonly absent: null }
  | { readonly counter: null; readonly absent: string };

const POWERCAP = '/sys/class/powercap';

/**
 * Opens the counter that Linux offers for processors of Intel and AMD (RAPL).
 *
 * @param root where the system shows it
 */
export async function findEnergyCounter(root = POWERCAP): Promise<FoundEnergyCounter> {
  const zones = (await readdir(root).catch(() => [])).filter((name) => /^intel-rapl:\d+$/.test(name)).sort();
  if (zones.length === 0) {
    return {
      counter: null,
      absent: `the system shows no counter (RAPL) at ${root}; virtual machines have none`,
    };
  }
  const read = (file: string): Promise<number[]> =>
    Promise.all(zones.map(async (zone) => Number(await readFile(join(root, zone, file), 'utf8'))));
  let ranges: number[];
  try {
    ranges = await read('max_energy_range_uj');
    await read('energy_uj');
  } catch (error) {
    const reason =
      errorCode(error) === 'EACCES'
        ? 'may be read by root alone; root can allow it to others with chmod a+r'
        : `cannot be read: ${(error as Error).message}`;
    return { counter: null, absent: `${join(root, zones[0]!, 'energy_uj')} ${reason}` };
  }
  return {
    absent: null,
    counter: {
      name: `RAPL, ${zones.length === 1 ? 'the processor package' : `${zones.length} processor packages`}`,
      async measure(action) {
        const before = await read('energy_uj');
        await action();
        const after = await read('energy_uj');
        return after.reduce((sum, value, zone) => {
          const passed = value - before[zone]!;
          return sum + (passed < 0 ? passed + ranges[zone]! : passed);
        }, 0);
      },
    },
  };
}
