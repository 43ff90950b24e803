import type { Grant } from "../contract.ts";

/** The links of one assistant: every machine that a person uses it on has one of its own. */
export interface LinkGroup {
  readonly key: string;
  readonly clientName: string;
  readonly redirectHost: string;
  readonly channel: string;
  /** Newest first. */
  readonly grants: readonly Grant[];
}

const LOOPBACK = /^(localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** Where an assistant answers; of a program on this machine the port says nothing, for it is another one each time. */
const placeOf = (host: string): string => LOOPBACK.exec(host)?.[1] ?? host;

/**
 * Puts the links of one assistant together. Its name alone does not make it one: any program may call itself as it likes,
 * so where it answers counts, too.
 */
export function groupLinks(grants: readonly Grant[]): readonly LinkGroup[] {
  const groups = new Map<string, LinkGroup>();
  for (const grant of grants) {
    const { clientName, channel } = grant;
    const redirectHost = placeOf(grant.redirectHost);
    const key = JSON.stringify([clientName, redirectHost, channel]);
    const before = groups.get(key)?.grants ?? [];
    groups.set(key, { key, clientName, redirectHost, channel, grants: [...before, grant] });
  }
  return [...groups.values()];
}
