import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findPretrained, listPretrained, pretrainedUrl } from './index';
import { pretrainedFolder } from './node';

const MOST_BYTES = 20e6;
const models = fileURLToPath(new URL('../models/', import.meta.url));

it('ships no more than 20 MB, and nothing that no card speaks of', () => {
  const files = readdirSync(models, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(models, file)).isFile(),
  );
  const known = listPretrained().flatMap((card) => Object.values(card.files).map(({ path }) => path));
  expect(files.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(['cards.json', ...known].sort());
  expect(files.reduce((sum, file) => sum + statSync(join(models, file)).size, 0)).toBeLessThan(MOST_BYTES);
});

it('says what was meant by a name that is none', () => {
  expect(() => findPretrained('b_lenet.mnst')).toThrow(/Received: b_lenet.mnst. Did you mean b_lenet.mnist/);
});

describe.each(listPretrained().map((card) => [card.name, card] as const))('%s', (name, card) => {
  it('has the files of its card, to the byte', () => {
    for (const [kind, { bytes, sha256 }] of Object.entries(card.files)) {
      const file = fileURLToPath(pretrainedUrl(name, kind as keyof typeof card.files));
      const content = readFileSync(file);
      expect(content.length, kind).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex'), kind).toBe(sha256);
    }
    expect(existsSync(join(pretrainedFolder(name), 'model.json'))).toBe(true);
  });

  it('costs what its exits and their shares come to', () => {
    const { exits, averageMacs, macsRatio, static: plain, samples } = card.evaluation;
    expect(exits.reduce((sum, { taken }) => sum + taken, 0)).toBe(samples);
    const average = exits.reduce((sum, { macs, share }) => sum + macs! * share, 0);
    expect(averageMacs).toBeCloseTo(average, 3);
    expect(macsRatio).toBeCloseTo(plain.macs! / average, 6);
  });

  it('says where it comes from', () => {
    const { commands, description, licence, seed, version } = card;
    expect(`${card.architecture}.${card.tag}`).toBe(name);
    expect(commands.some((command) => /^earlyexit (train|quickstart|reproduce)/.test(command))).toBe(true);
    expect(description.length).toBeGreaterThan(10);
    expect([licence, version].every((text) => text.length > 0)).toBe(true);
    expect(Number.isInteger(seed)).toBe(true);
  });
});
