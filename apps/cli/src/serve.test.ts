import { createServer as listen } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pretrainedUrl } from '@earlyexit/weights';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@earlyexit/testing';
import { describe, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';

const model = fileURLToPath(pretrainedUrl('b_lenet.mnist', 'onnx'));
const folder = await temporaryFolder();
await writeFile(join(folder, 'token'), 'short');

describe('serve', () => {
  it('says where it listens and what to type, and ends with 0 when it is told to stop', async () => {
    let interrupt: () => void = () => undefined;
    const ran = await runCommand(['serve', `digits:3=${model}`, '--port', '0'], {
      onStart: (given) => (interrupt = given),
      onError(text) {
        if (text.startsWith('engine:')) interrupt();
      },
    });
    expect(ran.stdout).toMatch(/^digits is served at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(ran.stdout).toMatch(/curl --data-binary @image\.png http:\/\/127\.0\.0\.1:\d+\/classify/);
    expect(ran.stderr).toContain('0 requests in flight');
    expect(ran.code).toBe(0);
  });

  it.each([
    ['no model', [], 2, /missing required argument 'models'/],
    ['a network without weights', ['b_lenet'], 2, /MODEL: this command needs a trained network/],
    ['a file that is not there', ['x=nowhere.onnx'], 1, /nowhere\.onnx/],
    ['two models of one name', [model, model], 2, /MODELS: each model has a name.*twice/],
    [
      'a queue below a batch',
      [model, '--max-batch', '64', '--queue', '8'],
      2,
      /--queue: .*--max-batch of 64/,
    ],
    ['a cap that nothing is within', [model, '--max-macs', '10'], 2, /--max-macs: some exit costs no more/],
    ['a certificate alone', [model, '--tls-cert', 'x.pem'], 2, /--tls-key: HTTPS needs/],
    [
      'a token that is short',
      [model, '--token-file', join(folder, 'token')],
      2,
      /--token-file: .*5 characters/,
    ],
    ['a token that is not there', [model, '--token-file', join(folder, 'none')], 1, /none/],
    ['a monitor of a file', [model, '--monitor'], 2, /--monitor: .*Give the run folder/],
    ['a port that is none', [model, '--port', '-1'], 2, /--port/],
    ['a port beyond ports', [model, '--port', '70000'], 2, /--port/],
  ])('refuses %s', async (_, args, code, message) => {
    const ran = await runCommand(['serve', ...args]);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
    expect(ran.stdout).toBe('');
  });

  it('refuses a port that another program has', async () => {
    const other = listen();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const ran = await runCommand(['serve', model, '--port', String(port)]);
    other.close();
    expect(ran.stderr).toMatch(/EADDRINUSE.*Choose another port/);
    expect(ran.code).toBe(1);
  });
});
