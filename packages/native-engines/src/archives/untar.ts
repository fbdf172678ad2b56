import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DataError } from '@earlyexit/core';
import { extract } from 'tar-stream';

/**
 * Unpacks the plain files of an npm tarball into `target`, without the folder (`package/`) that contains them all.
 *
 * @throws DataError if one of them would lie outside `target`
 */
export async function untarPackage(tarball: string, target: string, signal?: AbortSignal): Promise<void> {
  const entries = extract();
  const reading = pipeline(
    [createReadStream(tarball), createGunzip(), entries],
    signal === undefined ? {} : { signal },
  );
  // The loop reports failures; without this, a failure between two files would end the process.
  reading.catch(() => undefined);
  for await (const entry of entries) {
    const { name, type } = entry.header;
    if (type !== 'file') {
      entry.resume();
      continue;
    }
    const inside = normalize(name).split(sep).slice(1).join(sep);
    if (inside === '' || normalize(name).startsWith('..')) {
      throw new DataError({
        where: tarball,
        rule: 'its files must lie in one folder and stay inside it',
        received: name,
      });
    }
    const path = join(target, inside);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry, createWriteStream(path));
  }
  await reading;
}
