import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { findEnergyCounter } from './energy-counter';

/** A folder as Linux shows two processor packages, with their counters. */
async function powercap(counters: readonly number[], range = 1000): Promise<string> {
  const root = await temporaryFolder();
  for (const [zone, value] of counters.entries()) {
    await mkdir(join(root, `intel-rapl:${zone}`));
    await mkdir(join(root, `intel-rapl:${zone}:0`));
    await writeFile(join(root, `intel-rapl:${zone}`, 'max_energy_range_uj'), `${range}\n`);
    await writeFile(join(root, `intel-rapl:${zone}`, 'energy_uj'), `${value}\n`);
  }
  return root;
}

it('adds up what every package took, also where a counter starts anew', async () => {
  const root = await powercap([100, 990]);
  const { counter } = await findEnergyCounter(root);
  const taken = await counter!.measure(async () => {
    await writeFile(join(root, 'intel-rapl:0', 'energy_uj'), '130');
    await writeFile(join(root, 'intel-rapl:1', 'energy_uj'), '15');
  });
  expect(taken).toBe(30 + 25);
  expect(counter!.name).toBe('RAPL, 2 processor packages');
});

it('says why there is none', async () => {
  expect((await findEnergyCounter('/nowhere')).absent).toMatch(/no counter \(RAPL\) at \/nowhere/);
  const root = await powercap([1]);
  await writeFile(join(root, 'intel-rapl:0', 'energy_uj'), '1');
  const { rm } = await import('node:fs/promises');
  await rm(join(root, 'intel-rapl:0', 'energy_uj'));
  expect((await findEnergyCounter(root)).absent).toMatch(/cannot be read: ENOENT/);
});
