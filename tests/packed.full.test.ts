import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  installAlone,
  installationOf,
  installedManifest,
  linesOf,
  packAll,
  programsOf,
  run,
  tool,
} from './packed';
import { publishedPackages, readText } from './workspace';

const packages = publishedPackages();
let work = '';
let tarballs: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'earlyexit-packed-'));
  tarballs = await packAll(work);
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.each(packages.map((entry) => [entry.manifest.name, entry] as const))('%s, packed', (name, entry) => {
  const project = (): string => join(work, basename(entry.folder));

  it('passes publint', async () => {
    await run(tool('publint'), [tarballs.get(name)!, '--strict']);
  });

  const isLibrary = Object.keys(entry.manifest.exports ?? {}).some((path) => path !== './package.json');

  // A command alone has no types to get wrong.
  it.skipIf(!isLibrary)('has types that resolve (are the types wrong, ESM)', async () => {
    await run(tool('attw'), [tarballs.get(name)!, '--profile', 'esm-only']);
  });

  it('installs alone into an empty project, as its README says', async () => {
    await installAlone(project(), installationOf(entry, tarballs));
    const manifest = installedManifest(project(), name);
    expect(JSON.stringify(manifest)).not.toContain('workspace:');
    const installed = join(project(), 'node_modules', name);
    for (const file of ['LICENSE', 'README.md']) expect(existsSync(join(installed, file)), file).toBe(true);
    for (const file of ['src', 'tsup.config.ts']) expect(existsSync(join(installed, file)), file).toBe(false);
  });

  it.skipIf(!isLibrary)('does what its README shows', async () => {
    const programs = programsOf(readText(`${entry.folder}/README.md`));
    expect(programs.length, 'programs in the README').toBeGreaterThan(0);
    for (const [index, { source, prints }] of programs.entries()) {
      expect(prints.length, `lines that program ${index + 1} says it prints`).toBeGreaterThan(0);
      const file = `readme-${index + 1}.mjs`;
      writeFileSync(join(project(), file), source);
      const { stdout } = await run(process.execPath, [file], project());
      expect(linesOf(stdout), file).toEqual(prints);
    }
  });

  it.skipIf(entry.manifest.bin === undefined)('runs its command', async () => {
    const [command = ''] = Object.keys(entry.manifest.bin ?? {});
    const installed = join(project(), 'node_modules', '.bin', command);
    const version = await run(installed, ['--version'], project());
    expect(version.stdout.trim()).toBe(entry.manifest.version);
    const criteria = await run(installed, ['criteria', '--json'], project());
    expect(JSON.parse(criteria.stdout)).not.toHaveLength(0);
  });
});
