import { BlockList, isIP } from "node:net";

const subnets = (family: "ipv4" | "ipv6", list: readonly (readonly [address: string, prefix: number])[]): BlockList => {
  const blocks = new BlockList();
  for (const [address, prefix] of list) blocks.addSubnet(address, prefix, family);
  return blocks;
};

/** What of IPv4 is not the public internet (IANA's registry of special-purpose addresses, RFC 6890), and multicast. */
const privateIPv4 = subnets("ipv4", [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // carrier-grade NAT
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local, and the metadata services of clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // IETF protocols
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 3], // multicast, reserved, broadcast
]);

/** Only this part of IPv6 is given out for global use: what maps, translates or embeds IPv4 mostly lies outside of it. */
const globalIPv6 = subnets("ipv6", [["2000::", 3]]);

/** What of it is not the public internet all the same. */
const privateIPv6 = subnets("ipv6", [
  ["2001::", 23], // IETF protocols: Teredo, benchmarks, ORCHID
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4: any IPv4 address may hide in it
  ["2620:4f:8000::", 48], // AS112
  ["3fff::", 20], // documentation
]);

/**
 * Whether an address is one of the public internet. Anything that is no plain IP address is not: a zone (`fe80::1%eth0`),
 * a decimal, octal or hexadecimal spelling, a name.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes("%")) return false;
  if (isIP(address) === 4) return !privateIPv4.check(address, "ipv4");
  return isIP(address) === 6 && globalIPv6.check(address, "ipv6") && !privateIPv6.check(address, "ipv6");
}

/** Names that no public name server may answer (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, ICANN's `internal`). */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa|onion|alt|invalid|test)$/;

/** Whether a host name may be asked of a name server: a full name, with a dot inside, that is nobody's own network. */
export const isPublicName = (hostname: string): boolean =>
  /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(hostname) && !/^[\d.]+$/.test(hostname) && !LOCAL_NAME.test(hostname);
