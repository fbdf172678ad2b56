/**
 * SHA-256 of a JSON value, in 64 hexadecimal digits; the order of an object's keys does not matter, nor does what JSON
 * leaves out (`undefined`).
 *
 * @returns null if there is no Web Crypto, as in pages that were not loaded over HTTPS.
 */
export async function jsonChecksum(value: unknown): Promise<string | null> {
  const { crypto } = globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } };
  if (crypto?.subtle === undefined) return null;
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
