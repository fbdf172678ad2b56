import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The sources behind each entry of each package: its root, and the sub-paths that some have. */
const entryPoints = readdirSync(packages)
  .flatMap((name) => ['index', 'node', 'tfjs'].map((entry) => `${packages}${name}/src/${entry}.ts`))
  .filter((path) => existsSync(path));

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
