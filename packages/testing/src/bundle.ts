import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as esbuild } from 'esbuild';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program of the tests with the sources of all packages, so that a child process can run it without a build.
 * Gives the path of the bundle, in a folder of its own.
 */
export async function bundle(program: URL): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'earlyexit-bundle-')), 'program.cjs');
  await esbuild({
    entryPoints: [fileURLToPath(program)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    external: [
      '@tensorflow/tfjs-node',
      '@tensorflow/tfjs-node-gpu',
      'webgpu',
      '@tensorflow/tfjs-backend-webgpu',
    ],
    // The engines are found from where they are installed, not from where the bundle lies.
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(join(packages, 'backend', 'src', 'x.ts')).href),
    },
    plugins: [
      {
        name: 'sources',
        setup(build) {
          build.onResolve({ filter: /^@earlyexit\// }, ({ path }) => {
            const [name = '', part = 'index'] = path.slice('@earlyexit/'.length).split('/');
            return { path: join(packages, name, 'src', `${part}.ts`) };
          });
        },
      },
    ],
  });
  return outfile;
}
