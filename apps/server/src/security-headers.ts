import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** What a page may load beside itself; data loads nothing. */
export type Sources = Readonly<Record<string, readonly string[]>>;

/** What helmet says on a reply. It says the same on each, so it is asked once. */
export function securityHeaders(sources: Sources = {}): Readonly<Record<string, string>> {
  const header = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], ...sources },
    },
    // Another host of the same domain may still be served without TLS.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  });
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
