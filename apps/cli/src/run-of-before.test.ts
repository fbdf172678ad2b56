import { execFileSync } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Classification } from '@earlyexit/evaluation';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

type Answer = Pick<Classification, 'input' | 'class' | 'exit' | 'score'>;

describe('what version 0.1 wrote', async () => {
  const fixture = fileURLToPath(new URL('../../../tests/fixtures/run-of-0.1', import.meta.url));
  const folder = await temporaryFolder();
  const run = join(folder, 'run');
  const onnx = join(fixture, 'exported.onnx');
  let images: string[] = [];
  const answersOf = async (model: string, ...options: string[]): Promise<Answer[]> => {
    const ran = await runCommand(['predict', model, ...images, '--json', ...options]);
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json() as Answer[];
  };

  beforeAll(async () => {
    await cp(join(fixture, 'run'), run, { recursive: true });
    execFileSync('tar', ['-xzf', join(fixture, 'images.tar.gz'), '-C', folder]);
    const names = await readdir(folder, { recursive: true });
    images = names.filter((name) => name.endsWith('.png')).map((name) => join(folder, name));
  });

  it('the exported file answers as the run folder does', async () => {
    expect(images.length).toBeGreaterThan(50);
    const [fromFile, fromRun] = [await answersOf(onnx), await answersOf(run, '--engine', 'wasm')];
    const decided = ({ input, class: label, exit }: Answer): unknown => ({ input, label, exit });
    expect(fromFile.map(decided)).toEqual(fromRun.map(decided));
    for (const [at, { score }] of fromFile.entries())
      expect(score ?? NaN).toBeCloseTo(fromRun[at]?.score ?? NaN, 4);
    // Samples leave at both exits, so that both were compared.
    expect(new Set(fromFile.map(({ exit }) => exit)).size).toBe(2);
  });

  it('the run says that it recorded no splits, and evaluates as it did', async () => {
    const ran = await runCommand([
      ...['evaluate', run, '--data-dir', join(fixture, 'images.tar.gz'), '--engine', 'wasm', '--json'],
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toMatch(/the run did not record .* cut again with seed/);
    expect(ran.json()).toMatchObject({ samples: 7, thresholds: [0.4] });
  });
});
