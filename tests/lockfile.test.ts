import { expect, it } from 'vitest';
import { readText } from './workspace';

it('keeps the lockfile free of registry addresses, so that it installs from any registry', () => {
  const addresses = readText('pnpm-lock.yaml')
    .split('\n')
    .filter((line) => /https?:\/\//.test(line));
  expect(addresses).toEqual([]);
});

it('names one version of pnpm everywhere', () => {
  const manifest = readText('package.json');
  const versions = [...manifest.matchAll(/pnpm(?:@|": ")(\d+\.\d+\.\d+)/g)].map((match) => match[1]);
  expect(versions.length).toBeGreaterThanOrEqual(3);
  expect(new Set(versions).size).toBe(1);
});
