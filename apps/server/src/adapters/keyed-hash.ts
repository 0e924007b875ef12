import { createHmac, createSecretKey } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** HMAC-SHA-256. */
export function keyedHash(key: string): (text: string) => string {
  const secret = createSecretKey(key, 'utf8');
  return (text) => createHmac('sha256', secret).update(text).digest('base64url');
}

const KEPT = 20_000;

/** Knows the latest answers. What it is asked is in memory as long as they are. */
export function remembered(hash: (text: string) => string): (text: string) => string {
  const known = new LRUCache<string, string>({ max: KEPT });
  return (text) => {
    let found = known.get(text);
    if (found === undefined) known.set(text, (found = hash(text)));
    return found;
  };
}
