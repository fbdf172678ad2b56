import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '@earlyexit/testing/bundle';
import { attempt, readEvents } from '../testing/kill-sweep';

let program: string;
let folder: string;
beforeAll(async () => {
  program = await bundle(new URL('../testing/training-program.ts', import.meta.url));
  folder = await mkdtemp(join(tmpdir(), 'earlyexit-kills-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(program), { recursive: true, force: true });
});

const wantedKills = 60;

it('killed at 60 random moments, during writing too, a training never loses its way', async () => {
  const epochs = '20';
  const whole = await attempt(program, ['', epochs], null);
  let kills = 0;
  let endings = 0;
  let killsWhileWriting = 0;
  let resumptions = 0;
  for (let run = 0; kills < wantedKills; run += 1) {
    const path = join(folder, `run-${run}`);
    // A checkpoint at every step in one run, so that most kills hit a writing process; a rare one in the next.
    const every = run % 2 === 0 ? '1' : '7';
    for (let ended = false; !ended;) {
      // Once there have been enough kills, the run may end.
      const steps = Math.floor(Math.random() * 12);
      const moment = kills < wantedKills ? { steps, milliseconds: Math.random() * 20 } : null;
      const { killed, weights } = await attempt(program, [path, epochs, every], moment);
      const files = await readdir(join(path, 'checkpoints'));
      if (killed) {
        kills += 1;
        if (files.some((name) => name.includes('.writing'))) killsWhileWriting += 1;
      } else {
        ended = true;
        endings += 1;
        expect(weights).toBe(whole.weights);
      }
      expect(files.filter((name) => name.endsWith('.damaged'))).toEqual([]);
    }
    const events = await readEvents(path);
    const warnings = events.filter((event) => event.type === 'warning').map((event) => event.message);
    expect(warnings.filter((message) => !message.startsWith('There is no checkpoint'))).toEqual([]);
    const resumed = events.filter((event) => event.type === 'resume').map((event) => event.step);
    // A resumed run goes on from the newest checkpoint: its steps never fall.
    expect(resumed).toEqual([...resumed].sort((a, b) => a - b));
    resumptions += resumed.length;
  }
  console.log(
    `${kills} kills, ${killsWhileWriting} of them while a checkpoint was being written; ${resumptions} resumptions, ${endings} runs to the end`,
  );
  expect(kills).toBeGreaterThanOrEqual(50);
  expect(killsWhileWriting).toBeGreaterThan(0);
  expect(endings).toBeGreaterThan(0);
});
