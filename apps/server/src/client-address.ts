import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Who asks: the peer, or whom the peer names in `x-forwarded-for` where it is one of our proxies. As Fastify tells it. */
export function clientAddress(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trusts = proxyAddr.compile([...trustProxy]);
  return (request) => proxyAddr(request, trusts);
}
