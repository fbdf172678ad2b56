import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '@earlyexit/testing/bundle';
import { attempt, readEvents } from '../testing/kill-sweep';

let program: string;
let folder: string;
beforeAll(async () => {
  program = await bundle(new URL('../testing/training-program.ts', import.meta.url));
  folder = await mkdtemp(join(tmpdir(), 'earlyexit-kill-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(program), { recursive: true, force: true });
});

// The sweep over many moments is in kill.full.test.ts.
it('a killed training goes on where it was, and ends with the same bits', async () => {
  const run = join(folder, 'run');
  const epochs = '10';
  const whole = await attempt(program, ['', epochs], null);
  for (const steps of [2, 7, 4]) {
    const { killed } = await attempt(program, [run, epochs], { steps, milliseconds: 3 });
    expect(killed).toBe(true);
  }
  const end = await attempt(program, [run, epochs], null);
  expect(end.weights).toBe(whole.weights);
  const resumed = (await readEvents(run)).filter((event) => event.type === 'resume');
  // What was reported as done before the kill was saved, but for the last step or two.
  expect(resumed).toHaveLength(3);
  expect(resumed.at(-1)!.step).toBeGreaterThanOrEqual(2 + 7 + 4 - 3);
});

it('so does one whose batches two workers share', async () => {
  const worker = await bundle(new URL('../worker.ts', import.meta.url));
  try {
    const run = join(folder, 'shared');
    const settings = ['6', '1', worker];
    const whole = await attempt(program, ['', ...settings], null);
    const { killed } = await attempt(program, [run, ...settings], { steps: 8, milliseconds: 3 });
    expect(killed).toBe(true);
    const end = await attempt(program, [run, ...settings], null);
    expect(end.weights).toBe(whole.weights);
    const resumed = (await readEvents(run)).flatMap((event) => (event.type === 'resume' ? [event.step] : []));
    expect(resumed).toHaveLength(1);
    expect(resumed[0]).toBeGreaterThanOrEqual(6);
  } finally {
    await rm(dirname(worker), { recursive: true, force: true });
  }
});

it('so does one whose batches a thread loads, which does not keep the program from ending', async () => {
  const inputThread = await bundle(new URL('../input-thread.ts', import.meta.url));
  const data = await bundle(new URL('../testing/stripes.ts', import.meta.url));
  try {
    const run = join(folder, 'loaded');
    const settings = ['6', '1', '', inputThread, pathToFileURL(data).href];
    const inLine = await attempt(program, ['', '6'], null);
    expect((await attempt(program, ['', ...settings], null)).weights).toBe(inLine.weights);
    for (const steps of [3, 8]) {
      const { killed } = await attempt(program, [run, ...settings], { steps, milliseconds: 3 });
      expect(killed).toBe(true);
    }
    const end = await attempt(program, [run, ...settings], null);
    expect(end.weights).toBe(inLine.weights);
  } finally {
    for (const each of [inputThread, data]) await rm(dirname(each), { recursive: true, force: true });
  }
});
