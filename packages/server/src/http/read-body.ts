import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { Refusal, wrongRequest } from './refusal';

const unpack = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };

/**
 * The body of a request as it was before it was compressed.
 *
 * @param encoding as `Content-Encoding` says
 * @param maxBytes of the body unpacked; more is never in memory
 * @throws Refusal if it is damaged or too large, or packed in another way
 */
export async function unpackBody(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (!(name in unpack)) {
    throw new Refusal(415, 'wrong', {
      where: 'Content-Encoding',
      rule: 'it is gzip, deflate or identity',
      received: name.slice(0, 100),
    });
  }
  try {
    return await unpack[name as keyof typeof unpack](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw bodyTooLarge(maxBytes, 'more, unpacked');
    throw wrongRequest({
      where: 'body',
      rule: `it is packed as Content-Encoding says, ${name}`,
      received: (cause as Error).message.slice(0, 200),
      cause,
    });
  }
}

/** What a body larger than the server takes is answered with. */
export function bodyTooLarge(maxBytes: number, received: string): Refusal {
  return new Refusal(413, 'too-large', {
    where: 'body',
    rule: `it has at most ${maxBytes} bytes`,
    received,
    remedy: 'Send fewer images in a request, or binary tensors in place of JSON',
  });
}
