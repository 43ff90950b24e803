const IPV4_LOOPBACK = /^127(?:\.\d{1,3}){3}$/;

/**
 * True when a host name can only mean this machine: `localhost` and the names under it (RFC 6761 §6.3), 127.0.0.0/8
 * (RFC 1122 §3.2.1.3) and `::1` (RFC 4291 §2.5.3).
 * @param hostname as `URL.hostname` spells it: lower case, no port, IPv6 in brackets; a setting may leave these out.
 */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  /^(?:\[::1\]|::1)$/.test(hostname) ||
  IPV4_LOOPBACK.test(hostname);
