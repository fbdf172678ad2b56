import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

const pack = { gzip: promisify(gzip), deflate: promisify(deflate) };

/** Less is not worth packing. */
const LEAST_BYTES = 1024;

/** A body as it is sent. */
export interface PackedAnswer {
  readonly body: Buffer;
  /** For `Content-Encoding`; null where it is sent as it is. */
  readonly encoding: 'gzip' | 'deflate' | null;
}

/** Packs an answer if `Accept-Encoding` asks for it. */
export async function packAnswer(body: Buffer, accepts: string | undefined): Promise<PackedAnswer> {
  const asked = (accepts ?? '')
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => !/;\s*q=0(?:\.0*)?$/.test(word))
    .map((word) => word.split(';')[0]!.trim());
  const encoding = (['gzip', 'deflate'] as const).find((name) => asked.includes(name)) ?? null;
  if (encoding === null || body.length < LEAST_BYTES) return { body, encoding: null };
  return { body: await pack[encoding](body, { level: 1 }), encoding };
}
