import { describe, expect, it } from 'vitest';
import { publishedPackages, readText, root } from './workspace';

const packages = publishedPackages();
const { arrows } = (await import(`${root}.dependency-cruiser.mjs`)) as {
  arrows: Readonly<Record<string, readonly string[]>>;
};

describe.each(packages.map((entry) => [entry.manifest.name, entry] as const))('%s', (name, entry) => {
  const { folder, manifest } = entry;

  it('describes itself', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      license: 'Apache-2.0',
      engines: { node: '>=20.19.0' },
      repository: { directory: folder },
    });
    expect(manifest.description).toMatch(/\.$/);
    expect(readText(`${folder}/README.md`)).toMatch(new RegExp(`^# ${name}\n`));
  });

  it('offers its types first, to ESM alone', () => {
    for (const [path, target] of Object.entries(manifest.exports ?? {})) {
      if (path === './package.json') continue;
      expect(Object.keys(target), path).toEqual(['types', 'import']);
    }
  });

  it('takes TensorFlow.js from whoever uses it, so that there is one copy', () => {
    // The command line is the user of everything else: it brings the copy.
    if (manifest.bin !== undefined) return;
    for (const engine of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']) {
      expect(manifest.dependencies ?? {}).not.toHaveProperty(engine);
    }
  });
});

it('hands on every package by sub-path in the package of all', () => {
  const { manifest } = packages.find((entry) => entry.manifest.name === 'earlyexit')!;
  const [all, own] = [Object.keys(manifest.exports ?? {}), Object.keys(manifest.dependencies ?? {})];
  const others = packages.filter((entry) => entry.manifest.name !== 'earlyexit');
  expect(own.filter((name) => name.startsWith('@earlyexit/')).sort()).toEqual(
    others.map((entry) => entry.manifest.name).sort(),
  );
  // Programs that a package starts by itself are nobody's to import.
  const programs = ['./worker', './input-thread', './package.json'];
  const wanted = others.flatMap((entry) =>
    Object.keys(entry.manifest.exports ?? {})
      .filter((path) => !programs.includes(path))
      .map((path) => `./${entry.manifest.name.slice('@earlyexit/'.length)}${path.slice(1)}`),
  );
  expect(all.filter((path) => path !== './package.json').sort()).toEqual(wanted.sort());
});

it('draws an arrow for every library, and depends along them alone', () => {
  const libraries = packages.filter(({ folder }) => folder.startsWith('packages/'));
  const names = libraries.map(({ folder }) => folder.slice('packages/'.length));
  expect(Object.keys(arrows).sort()).toEqual(names.sort());

  for (const { folder, manifest } of libraries) {
    const lower = arrows[folder.slice('packages/'.length)] ?? [];
    const used = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter((name) => name.startsWith('@earlyexit/'))
      .map((name) => name.slice('@earlyexit/'.length));
    expect(lower, folder).toEqual(expect.arrayContaining(used));
  }
});
