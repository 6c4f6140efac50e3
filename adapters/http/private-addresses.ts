import { BlockList, isIP } from 'node:net';

// Special-purpose addresses: IANA's registries (RFC 6890 and its successors). IPv4 addresses within IPv6 ones
// (::ffff:0:0/96) are looked up by BlockList itself.
const V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // also the metadata services of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const V6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96], // these three carry IPv4 addresses
  ['2001::', 32],
  ['2002::', 16],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

const list = new BlockList();
for (const [net, bits] of V4) list.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of V6) list.addSubnet(net, bits, 'ipv6');

/** Whether an address is not one of the public internet; what is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%'); // the zone of a link-local address
  const family = isIP(bare);
  if (family === 0) return true;
  return list.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}
