import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getEncrypted } from 'node:https';

// As many as old browsers allowed; one or two are typical.
const MAX_REDIRECTS = 5;

/**
 * Requests a file and follows redirects. Not `fetch`, because that unpacks what a server labels `Content-Encoding:
 * gzip`, as some do with every `.gz` file, so that neither ranges nor checksums match.
 *
 * @returns the answer, whatever its status; its body is the file's own bytes
 * @throws Error for too many redirects, and the network's errors
 */
export async function httpGet(
  address: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let redirects = 0; ; redirects += 1) {
    const get = url.protocol === 'https:' ? getEncrypted : getPlain;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, options, resolve).on('error', reject);
    });
    const { location } = answer.headers;
    const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
    if (!moved || location === undefined) return answer;
    answer.destroy();
    if (redirects === MAX_REDIRECTS)
      throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${location}`);
    url = new URL(location, url);
  }
}
