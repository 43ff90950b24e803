import type { Asked, Fault, Reply } from "./breaking-proxy.ts";

/** A fault as it is met in the field, the check that must find it, and words of the cause and of the fix. */
export interface Planted {
  readonly name: string;
  readonly check: string;
  readonly cause: RegExp;
  readonly fix: RegExp;
  readonly fault: Fault;
}

export type Members = Record<string, unknown>;
export type Where = (asked: Asked) => boolean;

export const at =
  (...paths: readonly string[]): Where =>
  ({ path }) =>
    paths.includes(path);
export const ending =
  (part: string): Where =>
  ({ path }) =>
    path.includes(part);

export const isMcp = at("/mcp", "/mcp/");
export const isResource = ending("oauth-protected-resource");
export const isServer: Where = ({ path }) => /oauth-authorization-server|openid-configuration/.test(path);
export const isToken = at("/token");
export const isAuthorize = at("/authorize");
export const posts: Where = ({ method }) => method === "POST";
export const asksFor =
  (grant: string): Where =>
  (asked) =>
    isToken(asked) && new URLSearchParams(asked.body).get("grant_type") === grant;

/** Answers in place of the server. */
export const instead =
  (where: Where, reply: (asked: Asked) => Partial<Reply>): Fault =>
  async (asked, real) =>
    where(asked) ? { status: 200, headers: {}, body: "", ...reply(asked) } : real();

/** Changes the server's answer. */
export const changed =
  (where: Where, change: (reply: Reply, asked: Asked) => void): Fault =>
  async (asked, real) => {
    const reply = await real();
    if (where(asked)) change(reply, asked);
    return reply;
  };

export const without = (where: Where, ...names: readonly string[]): Fault =>
  changed(where, ({ headers }) => names.forEach((name) => delete headers[name]));

/** Changes a JSON document. */
export const rewritten = (where: Where, change: (members: Members) => Members): Fault =>
  changed(where, (reply) => {
    if (reply.status === 200) reply.body = JSON.stringify(change(JSON.parse(reply.body)));
  });

export const members = (where: Where, changes: Members): Fault =>
  rewritten(where, (document) => JSON.parse(JSON.stringify({ ...document, ...changes })));

export const rewrittenHeader = (where: Where, name: string, change: (value: string) => string): Fault =>
  changed(where, ({ headers }) => {
    if (headers[name] !== undefined) headers[name] = change(headers[name]);
  });

export const json = (status: number, body: Members): Partial<Reply> => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});
export const page = (body: string, status = 200): Partial<Reply> => ({
  status,
  headers: { "content-type": "text/html" },
  body,
});

/** The server answers as if the request had been another one: what it refuses goes through. */
export const asIf =
  (where: Where, change: (query: URLSearchParams) => void): Fault =>
  (asked, real) => {
    const query = new URLSearchParams(asked.query);
    if (where(asked)) change(query);
    return real({ query });
  };

export const said = ({ headers }: Asked): string => String(headers["x-forwarded-host"] ?? headers.host);
export const isForeign: Where = ({ headers }) => String(headers.host).startsWith("spoofed");

/** Adds what a server makes of the headers that it believes. */
export const builtFrom = (name: (asked: Asked) => string): Fault =>
  changed(isResource, (reply, asked) => {
    const document: Members = reply.status === 200 ? JSON.parse(reply.body) : {};
    Object.assign(reply, json(200, { ...document, resource: `https://${name(asked)}/mcp` }));
  });
