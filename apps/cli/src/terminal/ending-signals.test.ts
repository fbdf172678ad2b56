import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();
const program = join(folder, 'program.mjs');

// Through the bundler, since Node 20 reads no TypeScript.
beforeAll(async () => {
  await build({
    stdin: {
      contents: `import { onEndingSignal } from './ending-signals';
        onEndingSignal(() => { process.stdout.write('saved'); process.exit(130); });
        process.stdout.write('ready ');
        setTimeout(() => process.exit(0), 1500);`,
      resolveDir: import.meta.dirname,
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

/** Sends a signal to a program as soon as it listens. */
function signalled(
  signal: NodeJS.Signals,
  command: readonly string[],
  environment: Record<string, string> = {},
): Promise<[code: number | null, said: string]> {
  return new Promise((resolve) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, _: '', ...environment },
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      if (said === '') child.kill(signal);
      said += bytes.toString();
    });
    child.on('close', (code) => {
      resolve([code, said]);
    });
  });
}

describe.skipIf(process.platform === 'win32')('a signal that ends the process', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('lets it save first: %s', async (signal) => {
    expect(await signalled(signal, [process.execPath, program])).toEqual([130, 'ready saved']);
  });

  it('does nothing if it is SIGHUP and nohup started the process', async () => {
    // As shells leave the name of what they start.
    const started = signalled('SIGHUP', ['nohup', process.execPath, program], { _: '/usr/bin/nohup' });
    expect(await started).toEqual([0, 'ready ']);
  });

  it.runIf(process.platform === 'linux')('nor where nohup is seen by its standard input alone', async () => {
    const started = ['sh', '-c', 'exec "$0" "$1" 0>/dev/null', process.execPath, program];
    expect(await signalled('SIGHUP', started)).toEqual([0, 'ready ']);
  });
});
