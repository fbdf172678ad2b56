import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelSources } from '@earlyexit/backend/installed';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from '../run-command';
import { findCompiler } from './compile-binding';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-loops-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const compiler = await findCompiler().catch(() => null);

// The engine takes the fastest that run here, so the conformance suite sees only those.
it.skipIf(compiler === null)(
  'the loops of the training kernels agree, whatever processor they are compiled for (skipped without a C++ compiler)',
  async () => {
    const program = join(folder, 'check-loops');
    const source = fileURLToPath(new URL('../testing/check-loops.cc', import.meta.url));
    const built = await runCommand(compiler!, [
      ...['-std=c++17', '-O3', '-fno-math-errno', '-fopenmp', `-I${kernelSources()}`],
      ...[source, '-o', program],
    ]);
    expect(built.code, built.stderr).toBe(0);
    const { code, stdout } = await runCommand(program, []);
    expect({ code, kinds: stdout.trim().split('\n') }).toEqual({
      code: 0,
      kinds: expect.arrayContaining(['anywhere']) as string[],
    });
  },
);
