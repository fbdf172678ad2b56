import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The sources behind every entry that a package exports: its root, and the sub-paths that some have. */
const entryPoints = readdirSync(packages).flatMap((name) => {
  const manifest = JSON.parse(readFileSync(`${packages}${name}/package.json`, 'utf8'));
  return Object.values(manifest.exports)
    .map((target) => target.import)
    .filter((path) => path !== undefined)
    .map((path) => `${packages}${name}/${path.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')}`)
    .filter((path) => existsSync(path));
});

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'API',
  entryPoints,
  tsconfig: '../../tsconfig.json',
  plugin: ['./typedoc-package-names.js', 'typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: 'api',
  docsRoot: '.',
  readme: 'none',
  entryFileName: 'index',
  // A page a package: what belongs together is read together, and the browser's search finds it.
  router: 'module',
  groupOrder: ['Functions', 'Variables', 'Interfaces', 'Type Aliases', 'Classes'],
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  expandObjects: true,
  // `npm run check` looks at the types; the site shows them.
  skipErrorChecking: true,
  logLevel: 'Warn',
  validation: { notExported: true, invalidLink: true, notDocumented: false },
};
