import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const readme = fileURLToPath(new URL('../../README.md', import.meta.url));

declare const data: string;
export { data };

export default {
  /** What a run of the quickstart printed, as the README quotes it. */
  load(): string {
    const blocks = readFileSync(readme, 'utf8').matchAll(/^```\w*\n([\s\S]*?)^```$/gm);
    const quoted = [...blocks].map(([, text = '']) => text).find((text) => text.includes('fewer MACs'));
    if (quoted === undefined) throw new Error('README.md no longer quotes what the quickstart prints');
    return quoted;
  },
};
