import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { criterionPages } from '../methods/criterion-pages';
import { headPages } from '../methods/head-pages';
import { regimePages } from '../methods/regime-pages';
import { quotedFiles } from './quoted-files';

/** Typedoc writes it before the site is built: a page for each entry of each package. */
const apiSidebar = fileURLToPath(new URL('../api/typedoc-sidebar.json', import.meta.url));
const apiPages: DefaultTheme.SidebarItem[] = existsSync(apiSidebar)
  ? (JSON.parse(readFileSync(apiSidebar, 'utf8')) as DefaultTheme.SidebarItem[])
  : [];

const guide: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'What early exit is', link: '/guide/early-exit' },
      { text: 'Install', link: '/install' },
      { text: 'Your photographs, in ten minutes', link: '/guide/your-photographs' },
    ],
  },
  {
    text: 'Try it here',
    items: [
      { text: 'Why it works', link: '/live/why-it-works' },
      { text: 'Draw a digit', link: '/live/draw-a-digit' },
      { text: 'Thresholds by hand', link: '/live/thresholds' },
      { text: 'Bring a model', link: '/live/bring-a-model' },
      { text: 'Attach exits', link: '/live/attach-exits' },
    ],
  },
  {
    text: 'Use',
    items: [
      { text: 'From the command line', link: '/guide/command-line' },
      { text: 'Five lines: classify an image', link: '/guide/five-lines' },
      { text: 'Twenty lines: your own network', link: '/guide/twenty-lines' },
      { text: 'Watch a training', link: '/guide/watching' },
      { text: 'When to leave', link: '/guide/criteria' },
      { text: 'Coming from the original example', link: '/guide/original-example' },
      { text: 'Coming from PyTorch', link: '/guide/from-pytorch' },
      { text: 'What is possible, and shift', link: '/guide/evaluation' },
      { text: 'Browser and transformers.js', link: '/guide/browser' },
      { text: 'Thresholds and promises', link: '/guide/calibration' },
      { text: 'Serve over HTTP', link: '/guide/serve' },
    ],
  },
  {
    text: 'Methods',
    items: [
      { text: 'Criteria', link: '/methods/' },
      {
        text: 'Criteria, one by one',
        collapsed: true,
        items: criterionPages.map(({ name }) => ({ text: name, link: `/methods/criteria/${name}` })),
      },
      { text: 'Heads', link: '/methods/heads' },
      {
        text: 'Heads, one by one',
        collapsed: true,
        items: headPages.map(({ name }) => ({ text: name, link: `/methods/heads/${name}` })),
      },
      { text: 'Regimes', link: '/methods/regimes' },
      {
        text: 'Regimes, one by one',
        collapsed: true,
        items: regimePages.map(({ name }) => ({ text: name, link: `/methods/regimes/${name}` })),
      },
      { text: 'Published figures and ours', link: '/methods/figures' },
    ],
  },
  {
    text: 'Look up',
    items: [
      { text: 'Commands', link: '/commands' },
      { text: 'API', link: '/api/' },
    ],
  },
];

export default defineConfig({
  title: 'earlyexit',
  description: 'Early-exit neural networks in TypeScript: easy inputs leave early, hard ones go all the way.',
  lang: 'en',
  base: process.env['DOCS_BASE'] ?? '/',
  cleanUrls: true,
  srcExclude: ['README.md'],
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env['DOCS_BASE'] ?? '/'}favicon.svg` }],
  ],
  // The usual light one has letters that are too pale for axe.
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark' } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/early-exit', activeMatch: '^/(guide/|live/|methods/|install)' },
      { text: 'Commands', link: '/commands' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: {
      '/api/': [{ text: 'Packages', items: [{ text: 'Overview', link: '/api/' }, ...apiPages] }],
      '/': guide,
    },
    outline: { level: [2, 3] },
    // The index is part of the site: nothing is asked of another host.
    search: { provider: 'local' },
    footer: { message: 'Apache-2.0' },
  },
  vite: {
    // The picture and the example programs stand outside this folder, once for the site and the README.
    server: { fs: { allow: ['../..'] } },
    build: { chunkSizeWarningLimit: 1500 },
    // Live examples load them in the browser alone.
    ssr: {
      external: ['@earlyexit/attach', '@earlyexit/boundary', '@earlyexit/inference', 'onnxruntime-web'],
    },
    worker: { format: 'es' },
    plugins: [quotedFiles],
  },
});
