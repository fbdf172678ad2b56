import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root, type WorkspacePackage } from './workspace';

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

/** What someone who installs a package has to install with it. */
export interface Installation {
  /** The package itself and those of ours that it needs, peers included. */
  readonly ours: readonly string[];
  /** Its peers from elsewhere, and its optional ones that its README tells to install, as `name@version`. */
  readonly others: readonly string[];
}

/** Follows the dependencies and the peers of one package through the workspace. */
export function installationOf(name: string): Installation {
  const byName = new Map(publishedPackages().map((entry) => [entry.manifest.name, entry]));
  const ours = new Set<string>();
  const others = new Map<string, string>();
  const visit = ({ manifest }: WorkspacePackage): void => {
    ours.add(manifest.name);
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const dependency of needed) {
      const own = byName.get(dependency);
      if (own && !ours.has(dependency)) visit(own);
    }
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
      const version = manifest.devDependencies?.[peer];
      // A peer that we do not develop against is an engine that a machine may or may not have.
      if (version !== undefined && !byName.has(peer)) others.set(peer, version);
    }
  };
  const start = byName.get(name);
  if (!start) throw new Error(`no package ${name} in the workspace`);
  visit(start);
  return { ours: [...ours], others: [...others].map(([peer, version]) => `${peer}@${version}`) };
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
