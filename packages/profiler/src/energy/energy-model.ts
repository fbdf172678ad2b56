import { ArgumentError, isRecord } from '@earlyexit/core';

/** The types of numbers that an energy model knows. */
export const energyTypes = ['float32', 'float16', 'int8'] as const;

/** A type of numbers. */
export type EnergyType = (typeof energyTypes)[number];

/** A level of memory: its capacity, and the energy to move a byte. */
export interface MemoryLevel {
  readonly name: string;
  /** Its capacity; null for the last level, which holds everything. */
  readonly capacityBytes: number | null;
  readonly picojoulesPerByte: number;
}

/** The energy that hardware spends on a multiply-accumulate and on moving a byte. Every figure can be set. */
export interface EnergyModel {
  readonly name: string;
  /** Where the figures come from, and for which technology they hold. */
  readonly source: string;
  readonly picojoulesPerMac: Readonly<Record<EnergyType, number>>;
  /** From the smallest level to the largest. */
  readonly memory: readonly MemoryLevel[];
}

/**
 * The figures that most papers use: 45 nm, 0.9 V, the energy of the operation only. A MAC is a multiplication and an
 * addition (3.7 + 0.9 pJ in float32, 1.1 + 0.4 in float16, 0.2 in int8 + 0.1 for the sum in 32 bits). Memory is stated
 * for 64 bits: 10, 20 and 100 pJ for caches of 8 KiB, 32 KiB and 1 MiB, 1.3 nJ (the lower end) for DRAM.
 */
export const horowitz45nm: EnergyModel = {
  name: 'horowitz-45nm',
  source:
    'M. Horowitz, Computing’s energy problem (and what we can do about it), ISSCC 2014, figure 1.1.9: 45 nm',
  picojoulesPerMac: { float32: 4.6, float16: 1.5, int8: 0.3 },
  memory: [
    { name: 'cache of 8 KiB', capacityBytes: 8 * 1024, picojoulesPerByte: 1.25 },
    { name: 'cache of 32 KiB', capacityBytes: 32 * 1024, picojoulesPerByte: 2.5 },
    { name: 'cache of 1 MiB', capacityBytes: 1024 * 1024, picojoulesPerByte: 12.5 },
    { name: 'DRAM', capacityBytes: null, picojoulesPerByte: 162.5 },
  ],
};

/**
 * Checks an energy model that comes from elsewhere, such as a file.
 *
 * @throws ArgumentError with the first problem
 */
export function checkEnergyModel(value: unknown): EnergyModel {
  const refuse = (rule: string, received: unknown): ArgumentError =>
    new ArgumentError({
      function: 'checkEnergyModel',
      argument: 'energyModel',
      rule,
      received: received === undefined ? 'nothing' : JSON.stringify(received),
      remedy: 'docs/energy.md shows one',
    });
  const model = isRecord(value) ? value : {};
  for (const key of ['name', 'source']) {
    if (typeof model[key] !== 'string') throw refuse(`${key} is a text`, model[key]);
  }
  const macs = isRecord(model['picojoulesPerMac']) ? model['picojoulesPerMac'] : {};
  for (const type of energyTypes) {
    if (!isEnergy(macs[type])) throw refuse(`picojoulesPerMac.${type} is a number above 0`, macs[type]);
  }
  const memory: readonly unknown[] = Array.isArray(model['memory']) ? model['memory'] : [];
  if (memory.length === 0) throw refuse('memory lists at least one level', model['memory']);
  let largest = 0;
  memory.forEach((level, index) => {
    const { name, capacityBytes, picojoulesPerByte } = isRecord(level) ? level : {};
    if (typeof name !== 'string' || !isEnergy(picojoulesPerByte)) {
      throw refuse('a level of memory has a name and picojoulesPerByte above 0', level);
    }
    const isLast = index === memory.length - 1;
    const grows = isLast ? capacityBytes === null : isEnergy(capacityBytes) && capacityBytes > largest;
    if (!grows) throw refuse('levels grow, and the last has capacityBytes: null', level);
    largest = Number(capacityBytes);
  });
  return value as EnergyModel;
}

function isEnergy(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
