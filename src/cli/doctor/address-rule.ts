import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Fault } from "./fault.ts";
import { isInnerAddress, isLoopbackAddress } from "./inner-address.ts";

/** One address of a host name. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Finds the addresses of a name; the operating system's resolver unless a test brings its own. */
export type Resolve = (hostname: string) => Promise<readonly HostAddress[]>;

/** Says which addresses may be connected to. */
export interface AddressRule {
  /**
   * The addresses of a host, all of them allowed.
   * @throws Fault when one is not, or when the name is unknown.
   */
  addressesOf(hostname: string): Promise<readonly HostAddress[]>;
}

const bySystem: Resolve = (hostname) => lookup(hostname, { all: true });

/** `URL.hostname` puts IPv6 in brackets. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1");

function unknownName(hostname: string, cause: unknown): Fault {
  return new Fault(
    `The name ${hostname} has no address.`,
    "Check the spelling, and the DNS records of that name.",
    cause,
  );
}

/**
 * Documents that we fetch name further addresses, and whoever wrote them may name a service inside our network. So an
 * inner address is connected to only at the host that the person typed, and then only if it was inner from the start;
 * who typed a loopback address is testing on this machine, and other loopback addresses are allowed too.
 */
export function createAddressRule(typed: URL, resolve: Resolve = bySystem): AddressRule {
  const typedHost = bare(typed.hostname);
  let typedWasInner: boolean | undefined;

  async function find(hostname: string): Promise<readonly HostAddress[]> {
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    const found = await resolve(hostname).catch((cause: unknown) => {
      throw unknownName(hostname, cause);
    });
    if (found.length === 0) throw unknownName(hostname, undefined);
    return found;
  }

  /** A name may resolve to anything, so only what was typed says that loopback was asked for. */
  const loopbackTyped = isLoopbackAddress(typedHost) || /^(.+\.)?localhost$/.test(typedHost);

  const isAllowed = (hostname: string, address: string): boolean =>
    !isInnerAddress(address) ||
    (hostname === typedHost && typedWasInner === true) ||
    (loopbackTyped && isLoopbackAddress(address));

  return {
    async addressesOf(host) {
      const hostname = bare(host);
      const found = await find(hostname);
      if (hostname === typedHost) typedWasInner ??= found.some(({ address }) => isInnerAddress(address));
      const refused = found.find(({ address }) => !isAllowed(hostname, address));
      if (refused === undefined) return found;
      throw new Fault(
        `It names ${hostname}, which is ${refused.address}: an address inside a network, where clients on the web cannot go. It was not asked.`,
        "Set the public address of the server (in Bellhop: SERVER_BASE_URL), and publish only addresses under it.",
      );
    },
  };
}
