import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vitepress';

type Plugin = Extract<NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number], { name: string }>;

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Shows a change of the files outside this folder that a `.data.ts` reads, while the site is written.
 *
 * Their own `watch` would do it too. But it is a glob: for a path that begins with `../..` VitePress walks through every
 * folder of the repository, `node_modules` included, whenever the site is built.
 */
export const quotedFiles: Plugin = {
  name: 'earlyexit:quoted-files',
  apply: 'serve',
  configureServer(server) {
    const files = new Set([
      `${root}README.md`,
      ...readdirSync(`${root}packages`).map((name) => `${root}packages/${name}/package.json`),
    ]);
    server.watcher.add([...files]);
    server.watcher.on('change', (file) => {
      if (!files.has(file)) return;
      for (const module of server.moduleGraph.idToModuleMap.values()) {
        if (module.id?.endsWith('.data.ts')) server.moduleGraph.invalidateModule(module);
      }
      server.ws.send({ type: 'full-reload' });
    });
  },
};
