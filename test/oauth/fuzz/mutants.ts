import type { Dice } from "./dice.ts";
import { BODIES, HEADERS, HOSTILE, TYPES } from "./hostile.ts";
import type { Fields, Surface } from "./surfaces.ts";

/** A request with something wrong about it. */
export interface Mutant {
  readonly path: string;
  readonly init: RequestInit;
}

const CHANNELS = ["chatgpt", "claude", "chatgpt", "claude", "nobody", "%00", "..%2f..", "__proto__", "%E0%A4%A"];

const asText = (value: unknown): string => (typeof value === "string" ? value.toWellFormed() : JSON.stringify(value));

/** The same parameter may come twice. */
const asQuery = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item): [string, string] => [name, asText(item)]) : [[name, asText(value)]],
    ),
  ).toString();

function mutate({ sound, extra }: Surface, { below, pick }: Dice): Fields {
  const fields: Fields = { ...sound };
  for (let count = 1 + below(3); count > 0; count--) {
    const name = pick([...Object.keys(sound), ...extra]);
    const change = below(5);
    if (change === 0) delete fields[name];
    else if (change === 1) fields[name] = [fields[name] ?? "", pick(HOSTILE)];
    else fields[name] = pick(HOSTILE);
  }
  return fields;
}

/** Makes a mutant of a surface's sound request. */
export function mutantOf(surface: Surface, random: Dice): Mutant {
  const { below, pick } = random;
  const fields = mutate(surface, random);
  const route = surface.route
    .replace(":channel", () => pick(CHANNELS))
    .replaceAll(/:\w+/g, () => encodeURIComponent(asText(pick(HOSTILE)).slice(0, 500)));
  const rawBody = below(12) === 0 ? pick(BODIES) : undefined;
  const headers: Record<string, string> = { ...surface.headers, ...pick(HEADERS) };
  if (surface.sent === "query") {
    const query = rawBody ?? asQuery(fields);
    return { path: `${route}?${query}`, init: { method: surface.method, headers } };
  }
  const usual = surface.sent === "json" ? "application/json" : "application/x-www-form-urlencoded";
  const type = below(15) === 0 ? pick(TYPES) : usual;
  const body = rawBody ?? (surface.sent === "json" ? JSON.stringify(fields) : asQuery(fields));
  return { path: route, init: { method: surface.method, headers: { ...headers, "content-type": type }, body } };
}
