import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { kernelSources, layoutOf } from '@earlyexit/backend/installed';
import { EnvironmentError } from '@earlyexit/core';
import { lastWords, runCommand } from '../run-command';

const installCompiler =
  'Install one, for example with: apt-get install g++ (Debian, Ubuntu) or dnf install gcc-c++ (Fedora)';

/**
 * The C++ compiler: `CXX` if set, otherwise the first available one that supports C++17 and OpenMP.
 *
 * @throws EnvironmentError if there is none
 */
export async function findCompiler(): Promise<string> {
  const own = process.env['CXX'];
  for (const compiler of own ? [own] : ['g++', 'c++', 'clang++']) {
    const program = [
      '-std=c++17',
      '-fopenmp',
      '-fPIC',
      '-shared',
      '-x',
      'c++',
      '/dev/null',
      '-o',
      '/dev/null',
    ];
    const { code } = await runCommand(compiler, program);
    if (code === 0) return compiler;
  }
  throw new EnvironmentError({
    where: 'engine install',
    rule: own
      ? `the compiler named by CXX (${own}) does not compile C++17 with OpenMP`
      : 'a C++ compiler with OpenMP is needed, and none was found',
    remedy: installCompiler,
  });
}

/** Compiles tfjs-node's binding against the C++ library of the wheel. The result can be moved with its folder. */
export async function compileBinding(compiler: string, folder: string, signal?: AbortSignal): Promise<void> {
  const layout = layoutOf(folder);
  const tensorflow = join(layout.site, 'tensorflow');
  const sources = readdirSync(join(layout.tfjsNode, 'binding'))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join('binding', name));
  // TensorFlow opens the CUDA libraries by name when it first looks for a GPU; linked here, they are already loaded by
  // then, wherever they are.
  const cuda = cudaLibraries(layout.site);
  mkdirSync(dirname(layout.binding), { recursive: true });
  await compile(
    compiler,
    [
      ...[join(layout.nodeApiHeaders, 'include'), '.', join(tensorflow, 'include')].map(
        (path) => `-I${path}`,
      ),
      '-O2',
      ...sources,
      ...['-o', layout.binding],
      ...libraryOptions(tensorflow, layout.binding),
      ...(cuda.length === 0 ? [] : ['-Wl,--no-as-needed']),
      ...cuda.flatMap(({ libraryFolder, name }) => [
        `-L${libraryFolder}`,
        `-l:${name}`,
        runPath(libraryFolder, layout.binding),
      ]),
    ],
    layout.tfjsNode,
    signal,
  );
}

/** Compiles the contents of `native/`: our own operations, and the addon that keeps TensorFlow quiet while it loads. */
export async function compileAddons(compiler: string, folder: string, signal?: AbortSignal): Promise<void> {
  const { addon, quietLoading, nodeApiHeaders, site } = layoutOf(folder);
  const tensorflow = join(site, 'tensorflow');
  const oneDnn = oneDnnFolder(site);
  mkdirSync(dirname(addon), { recursive: true });
  const sources = kernelSources();
  const nodeApi = `-I${join(nodeApiHeaders, 'include')}`;
  const run = (options: string[]): Promise<void> => compile(compiler, options, dirname(addon), signal);
  await run(['-O2', nodeApi, join(sources, 'quiet-loading.cc'), '-o', quietLoading]);
  const operations = ['training-kernels', 'normalization', 'addition', 'packing', 'optimizers', 'loops'];
  await run([
    // Work is shared among OpenMP threads; without -fno-math-errno a square root is not compiled to a vector
    // instruction.
    ...['-O3', '-fno-math-errno', '-fopenmp'],
    ...[nodeApi, `-I${join(tensorflow, 'include')}`],
    ...[...operations, ...(oneDnn === null ? [] : ['convolution'])].map((name) =>
      join(sources, `${name}.cc`),
    ),
    ...['-o', addon, ...libraryOptions(tensorflow, addon)],
    ...(oneDnn === null
      ? []
      : [
          '-DWITH_ONEDNN',
          `-I${join(tensorflow, 'include', 'external', 'onednn', 'include')}`,
          runPath(oneDnn, addon),
        ]),
  ]);
}

/** The folder of oneDNN's library; null if there is none for this processor. */
function oneDnnFolder(site: string): string | null {
  const wheel = existsSync(site)
    ? readdirSync(site).find((name) => /^onednn_.*\.data$/.test(name))
    : undefined;
  return wheel === undefined ? null : join(site, wheel, 'data', 'lib');
}

/** Links TensorFlow's library so that the result still finds it when the folder is moved. */
function libraryOptions(tensorflow: string, output: string): string[] {
  return [
    `-L${tensorflow}`,
    ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    runPath(tensorflow, output),
  ];
}

function runPath(libraries: string, output: string): string {
  return `-Wl,-rpath,$ORIGIN/${relative(dirname(output), libraries)}`;
}

async function compile(
  compiler: string,
  options: string[],
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const common = ['-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8'];
  const result = await runCommand(compiler, [...common, ...options], { cwd, signal });
  if (result.code !== 0) {
    throw new EnvironmentError({
      where: 'engine install',
      rule: `the binding did not compile with ${compiler} (${lastWords(result)})`,
      remedy: 'Set CXX to another C++17 compiler and run the command again',
    });
  }
}

// Not all of them: `libnvblas` would replace the BLAS of every program.
const openedByTensorflow =
  /^lib(cudart|cublas|cublasLt|cudnn|cufft|cusolver|cusparse|nvJitLink|nvrtc)\.so\.\d+$/;

function cudaLibraries(site: string): { libraryFolder: string; name: string }[] {
  const nvidia = join(site, 'nvidia');
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia).flatMap((part) => {
    const libraryFolder = join(nvidia, part, 'lib');
    if (!existsSync(libraryFolder)) return [];
    return readdirSync(libraryFolder)
      .filter((name) => openedByTensorflow.test(name))
      .map((name) => ({ libraryFolder, name }));
  });
}
