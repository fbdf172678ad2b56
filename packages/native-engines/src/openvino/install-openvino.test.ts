import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { zip } from '../testing/zip';
import { installOpenvino } from './install-openvino';
import { openvinoWheel } from './release';

afterEach(() => vi.unstubAllEnvs());

it('unpacks the libraries for the processor, and does nothing the second time', async () => {
  const bytes = zip({
    'openvino/libs/libopenvino_c.so.2641': 'C interface',
    'openvino/libs/libopenvino.so.2641': 'core',
    'openvino/libs/libopenvino_intel_cpu_plugin.so': 'kernels',
    'openvino/libs/libopenvino_intel_gpu_plugin.so': 'not needed',
    'openvino/libs/libtbb.so.12': 'threads',
    'openvino/__init__.py': 'not needed',
    'openvino-1.2.3.dist-info/licenses/LICENSE': 'terms',
  });
  const wheel = {
    ...{
      project: 'openvino',
      version: '1.2.3',
      file: 'openvino-1.2.3-45-cp312-cp312-manylinux_2_28_x86_64.whl',
    },
    ...{ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length },
  };
  let downloads = 0;
  const server = createServer(({ url }, response) => {
    if (url === '/openvino/') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: [{ filename: wheel.file, url: '/wheel' }] }));
      return;
    }
    downloads++;
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'earlyexit-openvino-'));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  // No pip: the index is read without it.
  vi.stubEnv('PATH', folder);

  const installed = await installOpenvino({ folder, wheel });
  expect(installed).toMatchObject({ version: '1.2.3', alreadyThere: false });
  expect(readFileSync(join(installed.library, 'libopenvino_c.so.2641'), 'utf8')).toBe('C interface');
  expect(existsSync(join(installed.library, 'libtbb.so.12'))).toBe(true);
  expect(existsSync(join(installed.folder, 'openvino-1.2.3.dist-info/licenses/LICENSE'))).toBe(true);
  expect(existsSync(join(installed.library, 'libopenvino_intel_gpu_plugin.so'))).toBe(false);
  expect(existsSync(join(installed.folder, 'openvino/__init__.py'))).toBe(false);
  expect(existsSync(join(installed.folder, 'downloads'))).toBe(false);
  expect(await installOpenvino({ folder, wheel })).toMatchObject({ alreadyThere: true });
  expect(downloads).toBe(1);
});

it('says for which machines there is one', async () => {
  expect(openvinoWheel('darwin', 'arm64')).toBe(null);
  await expect(installOpenvino({ wheel: null })).rejects.toThrow(/Linux \(x64\).*loadOpenvino/s);
});
