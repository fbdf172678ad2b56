import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const source = dirname(fileURLToPath(import.meta.url));
const packageFolder = dirname(source);

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function findDependency(name: string, from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  throw new Error(`${name}, which ${from} depends on, is not installed`);
}

/** What comes along when somebody installs the package: dependencies and required peers, and theirs. */
function installedWith(folder: string, found = new Set<string>()): ReadonlySet<string> {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(folder);
  const requiredPeers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  for (const name of [...Object.keys(dependencies), ...requiredPeers]) {
    if (found.has(name)) continue;
    found.add(name);
    installedWith(findDependency(name, folder), found);
  }
  return found;
}

/** The packages that a module and its relative imports import. */
function importedPackages(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
    if (!specifier!.startsWith('.')) packages.add(specifier!);
    else
      for (const name of importedPackages(join(dirname(file), `${specifier!}.ts`), seen)) packages.add(name);
  }
  return packages;
}

it('brings no TensorFlow.js along', () => {
  const installed = installedWith(packageFolder);
  expect(installed).toContain('@earlyexit/exit-criteria');
  expect([...installed].filter((name) => /tensorflow|tfjs|branch-head/.test(name))).toEqual([]);
});

it('imports nothing but the criteria and the core outside the TensorFlow.js sub-path', () => {
  expect([...importedPackages(join(source, 'index.ts'))].sort()).toEqual([
    '@earlyexit/core',
    '@earlyexit/exit-criteria',
  ]);
  const peers = readManifest(packageFolder).peerDependencies!;
  const forTfjs = [...importedPackages(join(source, 'tfjs.ts'))].map((name) =>
    name.split('/').slice(0, 2).join('/'),
  );
  for (const name of forTfjs)
    expect(['@earlyexit/core', '@earlyexit/exit-criteria', ...Object.keys(peers)]).toContain(name);
  expect(forTfjs).toContain('@earlyexit/branch-head');
});
