/** A browser that follows every redirect, as a person's does, and keeps each server's cookies for itself. */
export interface Wanderer {
  /** Sends one request. */
  send(url: string, init?: RequestInit): Promise<Response>;
  /** Opens an address and goes where it is sent. Stops at the first page. */
  open(url: string): Promise<{ readonly url: string; readonly response: Response; readonly hops: readonly string[] }>;
  cookies(url: string): ReadonlyMap<string, string>;
}

/** @param published addresses that are really listened to elsewhere. */
export function createWanderer(published: Readonly<Record<string, string>> = {}): Wanderer {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const realOf = (url: string): string => {
    const { origin } = new URL(url);
    const real = published[origin];
    return real === undefined ? url : real + url.slice(origin.length);
  };

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = jarOf(url);
    const headers = new Headers(init.headers);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie !== "") headers.set("cookie", cookie);
    const response = await fetch(realOf(url), { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.delete(name);
      if (value !== "") jar.set(name, value);
    }
    return response;
  }

  return {
    send,
    cookies: jarOf,
    async open(first) {
      const hops: string[] = [];
      let url = first;
      for (;;) {
        hops.push(url);
        const response = await send(url);
        const location = response.headers.get("location");
        if (location === null || hops.length > 15) return { url, response, hops };
        url = new URL(location, url).href;
      }
    },
  };
}
