import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Networks that no stranger's document may lead us into: IANA's special-purpose registries (RFC 6890) and multicast. */
const INNER_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Inside global unicast (2000::/3, RFC 4291 §2.4): Teredo and other protocol assignments, documentation, 6to4. */
const INNER_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

function listOf(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = "0"] = network.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * True for an address that is not on the public internet, and for anything that is no address at all. Of IPv6 only
 * global unicast is public, so every form that carries an IPv4 address inside (mapped, NAT64, 6to4) is inner.
 */
export function isInnerAddress(address: string): boolean {
  if (isIPv4(address)) return listOf(INNER_IPV4, "ipv4").check(address, "ipv4");
  if (!isIPv6(address) || address.includes("%")) return true;
  return !listOf(["2000::/3"], "ipv6").check(address, "ipv6") || listOf(INNER_IPV6, "ipv6").check(address, "ipv6");
}

const LOOPBACK = listOf(["127.0.0.0/8"], "ipv4");

/** True for an address that can only be this machine. */
export const isLoopbackAddress = (address: string): boolean =>
  isIPv4(address) ? LOOPBACK.check(address, "ipv4") : address === "::1";
