import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, readText, root, type WorkspacePackage } from './workspace';

/** What a command printed, standard output and standard error apart. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a folder.
 *
 * @throws Error with everything that the command printed, when it does not end with 0.
 */
export function run(command: string, args: readonly string[], folder = root): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`));
    });
  });
}

/** A command of the repository's own node_modules. */
export function tool(name: string): string {
  return join(root, 'node_modules', '.bin', name);
}

/** Packs every published package into `folder`; gives the tarballs' paths by package name. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, string>> {
  const tarballs = new Map<string, string>();
  for (const { folder: source, manifest } of publishedPackages()) {
    const args = ['pack', '--json', '--pack-destination', folder];
    const { stdout } = await run(tool('pnpm'), args, join(root, source));
    tarballs.set(manifest.name, (JSON.parse(stdout) as { filename: string }).filename);
  }
  return tarballs;
}

/**
 * What a README tells its reader to install, as arguments for npm: ours as tarballs, together with those of ours that
 * they depend on and that a registry would give, and the rest by name.
 */
export function installationOf(
  { folder, manifest }: WorkspacePackage,
  tarballs: ReadonlyMap<string, string>,
): string[] {
  const byName = new Map(publishedPackages().map((entry) => [entry.manifest.name, entry.manifest]));
  const lines = [...readText(`${folder}/README.md`).matchAll(/^npm install (.*)$/gm)];
  const names = lines.flatMap(([, list = '']) => list.trim().split(/\s+/));
  if (!names.includes(manifest.name)) throw new Error(`${folder}/README.md does not say how to install it`);

  const ours = new Set<string>();
  const others = new Set<string>();
  const visit = (name: string): void => {
    const own = byName.get(name);
    if (own === undefined || ours.has(name)) return;
    ours.add(name);
    Object.keys(own.dependencies ?? {}).forEach(visit);
  };
  for (const name of names) {
    if (byName.has(name)) visit(name);
    // The version that we develop against, where we do: the newest may have changed since.
    else others.add([name, manifest.devDependencies?.[name] ?? []].flat().join('@'));
  }
  return [...[...ours].map((name) => tarballs.get(name)!), ...others];
}

/** Makes an empty project in `folder` and installs `specifications` with npm, no install script run. */
export async function installAlone(folder: string, specifications: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await run('npm', ['install', ...quiet, ...specifications], folder);
}

/** A program in a README, and what the README says that it prints. */
export interface Program {
  readonly source: string;
  /** The text of every line that begins with `// → `, in order. */
  readonly prints: readonly string[];
}

/** The programs of a Markdown text: its fenced blocks marked `js`. */
export function programsOf(markdown: string): Program[] {
  return [...markdown.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, source = '']) => ({
    source,
    prints: [...source.matchAll(/^[ \t]*\/\/ → (.*)$/gm)].map(([, line = '']) => line.trimEnd()),
  }));
}

/** The lines of a program's standard output. */
export function linesOf(stdout: string): string[] {
  return stdout.trimEnd() === ''
    ? []
    : stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd());
}

/** The packed manifest inside an installed package. */
export function installedManifest(project: string, name: string): Readonly<Record<string, unknown>> {
  const path = join(project, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}
