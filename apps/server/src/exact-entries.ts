import ipaddr from 'ipaddr.js';

const EXTENSION = /^(?:chrome-extension:\/\/[a-p]{32}|moz-extension:\/\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Why an entry of ALLOWED_ORIGINS names no single origin, as a browser would send it; null when it does. */
export function originProblem(origin: string): string | null {
  if (origin === '*') return '"*" lets every web page call; list exact origins';
  const exact = EXTENSION.test(origin) || (/^https?:\/\/[^*]+$/.test(origin) && URL.parse(origin)?.origin === origin);
  return exact
    ? null
    : `"${origin}" is no exact origin: write https://app.example.com or chrome-extension://<the 32 letters of its id>`;
}

/** Why an entry of TRUST_PROXY lets a client write its own address; null when it names a proxy. */
export function proxyProblem(entry: string): string | null {
  const [address = '', bits] = entry.split('/');
  const known = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  if (!known || (bits !== undefined && !ipaddr.isValidCIDR(entry)))
    return `must list addresses or CIDR blocks, never a count, a name or "true"; got "${entry}"`;
  return bits !== undefined && Number(bits) === 0 ? `"${entry}" is everybody: list your proxies` : null;
}
