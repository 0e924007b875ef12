import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

const header = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  // Another host of the same domain may still be served without TLS.
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
});

/** What helmet says on a reply. It says the same on each, so it is asked once. */
export function securityHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const reply = {
    setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  header({} as IncomingMessage, reply as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw new Error('helmet names no headers', { cause: error });
  });
  return headers;
}
