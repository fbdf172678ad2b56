import { fileURLToPath } from 'node:url';
import { failure, temporaryFolder } from '@earlyexit/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builtProgram, packageFolder } from './built-program';
import { startProgram } from './start-program';

const start = (script: string, signal?: AbortSignal) =>
  startProgram<{ ready: boolean }>({ name: 'the adder', args: ['-e', script], signal });
const READY = 'process.stdout.write(`{"ready":true}\\n`);';

describe('startProgram', () => {
  it('asks one question after the other', async () => {
    const adder = await start(
      `${READY} require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const { a, b } = JSON.parse(line);
        process.stdout.write(JSON.stringify({ sum: a + b }) + '\\n');
      });`,
    );
    expect(adder.ready).toEqual({ ready: true });
    expect(await adder.ask({ a: 1, b: 2 })).toEqual({ sum: 3 });
    expect(await adder.ask({ a: 5, b: 2 })).toEqual({ sum: 7 });
    adder.dispose();
  });

  it('says what a program said before it ended', async () => {
    const error = await failure(start('console.error("no torch here"); process.exit(1)'));
    expect(error).toMatchObject({
      name: 'EnvironmentError',
      message: expect.stringMatching(/adder.*no torch/) as string,
    });
  });

  it('says how a program ended that gave no answer', async () => {
    const received = async (script: string): Promise<string> => (await failure(start(script))).message;
    expect(await received('console.error("no torch here"); process.exit(3)')).toContain(
      'Received: it ended with code 3: no torch here.',
    );
    expect(await received('process.exit(0)')).toContain('Received: nothing.');
    expect(await received('process.kill(process.pid, "SIGKILL"); setInterval(() => 0, 1000)')).toMatch(
      process.platform === 'win32' ? /ended with/ : /Received: it ended with SIGKILL\./,
    );
    const missing = startProgram({ name: 'the adder', command: 'no-such-program', args: [] });
    expect((await failure(missing)).message).toMatch(/Received: spawn no-such-program ENOENT\./);
  });

  it('says what a program answers instead of JSON, and its own error', async () => {
    expect(await failure(start('console.log("hello"); setInterval(() => 0, 1000)'))).toMatchObject({
      message: expect.stringContaining('Received: hello') as string,
    });
    expect(
      await failure(start('console.log(`{"error":"out of memory"}`); setInterval(() => 0, 1000)')),
    ).toMatchObject({
      message: expect.stringContaining('out of memory') as string,
    });
  });

  it('ends the process when it is aborted', async () => {
    const controller = new AbortController();
    const program = await start(`${READY} setInterval(() => 0, 1000)`, controller.signal);
    const asked = failure(program.ask(1));
    controller.abort();
    expect((await asked).name).toBe('AbortError');
    expect((await failure(start(READY, controller.signal))).name).toBe('AbortError');
  });
});

it('finds the folder of a package, and says when a program is not built', async () => {
  expect(packageFolder(import.meta.url)).toBe(
    fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, ''),
  );
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'package.json'), '{}');
  expect(() => builtProgram(pathToFileURL(join(folder, 'src', 'x.ts')).href, 'worker')).toThrow(
    /dist.*npm run build/,
  );
});
