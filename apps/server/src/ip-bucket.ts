import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Key of the address budgets. One IPv6 household has a whole /64 to choose from, so it counts as one; an IPv4 address
 * written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export function ipBucket(address: string): string {
  // Node takes it in one writing only.
  if (isIPv4(address)) return address;
  const ip = ipaddr.parse(address);
  if (!(ip instanceof ipaddr.IPv6)) return ip.toString();
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address().toString();
  return `${new ipaddr.IPv6([...ip.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
