import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

const asked = (forwarded: string, peer: string) =>
  ({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: peer } }) as unknown as IncomingMessage;

it('is the peer where no proxy is trusted, whatever the client says', () => {
  expect(clientAddress([])(asked('203.0.113.1', '192.0.2.1'))).toBe('192.0.2.1');
});

it.each([
  ['what our proxy saw', '203.0.113.1', '10.0.0.1', '203.0.113.1'],
  ['not what the client wrote before it', '198.51.100.1, 203.0.113.1', '10.0.0.1', '203.0.113.1'],
  ['past more proxies of ours', '203.0.113.1, 10.0.0.2', '10.0.0.1', '203.0.113.1'],
  ['the peer that is no proxy of ours', '203.0.113.1', '192.0.2.1', '192.0.2.1'],
])('is %s', (_name, forwarded, peer, address) => {
  expect(clientAddress(['10.0.0.0/8'])(asked(forwarded, peer))).toBe(address);
});
