import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';

const blockBytes = 512;

/** Unpacks an npm tarball (small, gzipped, plain files under `package/`) into `target`, without that first folder. */
export function untarPackage(tarball: string, target: string): void {
  const data = gunzipSync(readFileSync(tarball));
  let longName: string | null = null;
  for (let at = 0; at + blockBytes <= data.length;) {
    const text = (start: number, length: number): string =>
      data.toString('utf8', at + start, at + start + length).replace(/\0[\s\S]*$/, '');
    if (text(0, 100) === '') break;
    const size = parseInt(text(124, 12), 8);
    const type = text(156, 1);
    const prefix = text(345, 155);
    const content = data.subarray(at + blockBytes, at + blockBytes + size);
    const name = longName ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`);
    longName = null;
    if (type === 'x') {
      // A pax header: "<length> path=<name>\n" for names that the old format cannot hold.
      longName = /\d+ path=([^\n]+)\n/.exec(content.toString('utf8'))?.[1] ?? null;
    } else if (type === '0' || type === '') {
      const inside = normalize(name).split('/').slice(1).join('/');
      const path = join(target, inside);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
}
