import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { summarizeExits } from '@earlyexit/exit-criteria';
import { findPretrained } from '@earlyexit/weights';
import { expect, it } from 'vitest';
import type { KeptFacts } from './kept-facts';
import { decodeKept, networkChoices } from './kept-network';

const kept = new URL('kept/', import.meta.url);
const names = readdirSync(kept)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

it.each(names)('what is kept of %s is what its card says', (name) => {
  const facts = JSON.parse(readFileSync(new URL(`${name}.json`, kept), 'utf8')) as KeptFacts;
  const bytes = Uint8Array.from(gunzipSync(readFileSync(new URL(`${name}.logits`, kept))));
  const { criterion, temperatures, costs } = facts;
  const thresholds = facts.thresholds.map((threshold) => threshold ?? 'never');
  const summary = summarizeExits(
    decodeKept(bytes.buffer, facts),
    { criterion, thresholds, temperatures },
    costs,
  );
  const { evaluation } = findPretrained(name);
  expect(summary.samples).toBe(evaluation.samples);
  expect(summary.static.macs).toBe(evaluation.static.macs);
  // Logits are rounded: a handful of samples lies on a threshold.
  expect(Math.abs(summary.top1! - evaluation.top1!)).toBeLessThan(0.0005);
  expect(Math.abs(summary.exits[0]!.share - evaluation.exits[0]!.share)).toBeLessThan(0.0005);
});

it('offers every network that is kept, and one that is made up', () => {
  expect(networkChoices.map(({ name }) => name)).toEqual([...names, 'made-up']);
});
