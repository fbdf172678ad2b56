import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './workspace';

const packages = join(root, 'packages');
/** Where the `.wasm` files of onnxruntime-web lie. */
const runtimeFolder = join(packages, 'inference/node_modules/onnxruntime-web/dist');

/**
 * Bundles a module for browsers as somebody's page would be, from the sources: minified, with chunks for what is
 * imported later.
 *
 * @param contents The module; it imports by the packages' names.
 * @param external Packages to leave out.
 * @returns Each file's content by its address, the module's own under `/page.js`.
 */
export async function bundleForBrowser(
  contents: string,
  external: readonly string[] = [],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(packages, 'inference'), sourcefile: 'page.js' },
    entryNames: 'page',
    outdir: '/',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: [...external],
    alias: {
      '@earlyexit/attach/browser': join(packages, 'attach/src/browser.ts'),
      '@earlyexit/onnx/foreign': join(packages, 'onnx/src/foreign.ts'),
      '@earlyexit/inference/onnx': join(packages, 'inference/src/onnx.ts'),
      '@earlyexit/inference/tfjs': join(packages, 'inference/src/tfjs.ts'),
      '@earlyexit/branch-head/node': join(packages, 'branch-head/src/node.ts'),
      '@earlyexit/core/format': join(packages, 'core/src/format.ts'),
      '@earlyexit/core/node': join(packages, 'core/src/node.ts'),
      '@earlyexit/core/safetensors': join(packages, 'core/src/safetensors.ts'),
      ...Object.fromEntries(
        ['branch-head', 'calibration', 'core', 'exit-criteria', 'inference', 'onnx', 'profiler'].map(
          (name) => [`@earlyexit/${name}`, join(packages, name, 'src/index.ts')],
        ),
      ),
    },
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, contents: bytes }) => [path.replaceAll('\\', '/'), bytes]));
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Serves files, an empty page at `/` that runs `/page.js`, the same at `/isolated` with the headers that threads need,
 * and the wasm files of onnxruntime-web beside them.
 */
export async function servePage(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly address: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (pathname === '/' || pathname === '/isolated') {
      if (pathname === '/') response.removeHeader('Cross-Origin-Embedder-Policy');
      else response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      );
      return;
    }
    const runtimeFile = join(runtimeFolder, pathname);
    const content =
      files.get(pathname) ??
      (pathname.startsWith('/ort-') && existsSync(runtimeFile) ? readFileSync(runtimeFile) : undefined);
    response.statusCode = content === undefined ? 404 : 200;
    response.setHeader('content-type', types[extname(pathname)] ?? 'application/octet-stream');
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
