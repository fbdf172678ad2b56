import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * What refuses requests without a token. How long it takes tells nothing of the token.
 *
 * @param token none, and every request passes
 */
export function tokenGuard(token: string | undefined): (authorization: string | undefined) => void {
  if (token === undefined) return () => undefined;
  const wanted = digest(`Bearer ${token}`);
  return (authorization) => {
    if (timingSafeEqual(digest(authorization ?? ''), wanted)) return;
    throw new Refusal(401, 'unauthorized', {
      where: 'Authorization',
      rule: 'it is "Bearer", a blank and the token that the server was started with',
      received: authorization === undefined ? 'none' : 'another one',
    });
  };
}
