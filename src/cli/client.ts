import * as z from "zod";
import { AppError } from "../kernel/errors.ts";
import { readArguments } from "./arguments.ts";
import { readConfiguration } from "./configuration.ts";
import { runCommand } from "./run-command.ts";

const usage = [
  "npm start -- client create chatgpt|claude|NAME [--redirect URI]... [--pkce-optional] [--internal] [--json]",
  "npm start -- client list|show ID [--json]",
  "npm start -- client add-redirect|remove-redirect ID URI",
  "npm start -- client rotate-secret ID [--overlap 24h] [--json]",
  "npm start -- client delete ID",
].join("\n");

const options = {
  redirect: { type: "string", multiple: true },
  "pkce-optional": { type: "boolean" },
  internal: { type: "boolean" },
  overlap: { type: "string" },
  json: { type: "boolean" },
} as const;

const misused = (): AppError => new AppError("invalid_request", "That is not a way to use `client`.", { next: usage });

const clientAnswer = z.object({
  client: z.object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    redirectUris: z.array(z.string()),
    authMethods: z.array(z.string()),
    pkceOptional: z.boolean(),
    channel: z.string().nullable(),
    internal: z.boolean(),
    disabledAt: z.string().nullable(),
    createdAt: z.string(),
    secrets: z.number().optional(),
  }),
});
const createdAnswer = clientAnswer.extend({
  secret: z.string(),
  authorizationUrl: z.string(),
  tokenUrl: z.string(),
  scope: z.string(),
});
const listAnswer = z.object({
  clients: z.array(
    z.object({ id: z.string(), kind: z.string(), name: z.string(), links: z.number(), disabled: z.boolean() }),
  ),
});
const rotatedAnswer = z.object({ id: z.string(), secret: z.string(), formerUntil: z.string() });
const deletedAnswer = z.object({ id: z.string(), links: z.number() });

type Created = z.output<typeof createdAnswer>;
type Shown = z.output<typeof clientAnswer>["client"];

/** What is left to do. A GPT's callback holds its id, which exists only once the GPT is saved. */
function nextSteps({ id, channel }: Shown): readonly string[] {
  if (channel !== "actions")
    return ["", "Say where it takes answers:", `  npm start -- client add-redirect ${id} https://...`];
  return [
    "",
    "Save the GPT, copy its id (g-...) from its address, and let it take answers, at both of its hosts:",
    `  npm start -- client add-redirect ${id} https://chat.openai.com/aip/{g-id}/oauth/callback`,
    `  npm start -- client add-redirect ${id} https://chatgpt.com/aip/{g-id}/oauth/callback`,
  ];
}

const createdText = ({ client: made, secret, authorizationUrl, tokenUrl, scope }: Created): string =>
  [
    `Client ID          ${made.id}`,
    `Client secret      ${secret}`,
    `Authorization URL  ${authorizationUrl}`,
    `Token URL          ${tokenUrl}`,
    `Scope              ${scope}`,
    "Token exchange     either way: POST body or Basic header",
    "",
    "The secret is shown this once; the database keeps its hash.",
    ...(made.redirectUris.length === 0 ? nextSteps(made) : []),
  ].join("\n");

const shownText = (shown: Shown): string =>
  [
    `Client ID    ${shown.id}`,
    `Name         ${shown.name}`,
    `Kind         ${shown.kind}${shown.internal ? ", internal" : ""}${shown.disabledAt === null ? "" : ", switched off"}`,
    `Proves by    ${shown.authMethods.join(", ")}${shown.secrets ? ` (${shown.secrets} valid)` : ""}`,
    `PKCE         ${shown.pkceOptional ? "optional" : "required"}`,
    `Channel      ${shown.channel ?? "told by the address"}`,
    `Answers at   ${shown.redirectUris.join("\n             ") || "nowhere yet"}`,
  ].join("\n");

const listText = (clients: z.output<typeof listAnswer>["clients"]): string =>
  clients
    .map(({ id, kind, name, links, disabled }) =>
      [id, kind.padEnd(8), `${links} ${links === 1 ? "link" : "links"}`, name, ...(disabled ? ["(off)"] : [])].join(
        "  ",
      ),
    )
    .join("\n");

/** Seconds of `90s`, `30m`, `24h` or `7d`. */
function seconds(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const size = new Map([
    ["s", 1],
    ["m", 60],
    ["h", 3600],
    ["d", 86_400],
  ]).get(unit);
  if (size !== undefined) return Number(count) * size;
  throw new AppError("invalid_request", "--overlap is a number with s, m, h or d.", { next: "--overlap 24h" });
}

/** Runs a command and prints its answer, as text or as it is. */
async function print<Schema extends z.ZodType>(
  name: string,
  input: unknown,
  schema: Schema,
  json: boolean | undefined,
  text: (answer: z.output<Schema>) => string,
): Promise<void> {
  const answer = schema.parse(await runCommand(readConfiguration(), name, input));
  console.log(json ? JSON.stringify(answer, null, 2) : text(answer));
}

type Values = ReturnType<typeof readArguments<typeof options>>["values"];

/** What follows `npm start -- client`, its words already counted. */
const commands: ReadonlyMap<string, (values: Values, id: string, uri: string) => Promise<void>> = new Map([
  ["create", (values, name) => print("client.create", creation(name, values), createdAnswer, values.json, createdText)],
  ["list", ({ json }) => print("client.list", {}, listAnswer, json, ({ clients }) => listText(clients))],
  ["show", ({ json }, id) => show("show", { id }, json)],
  ["add-redirect", ({ json }, id, uri) => show("add-redirect", { id, uri }, json)],
  ["remove-redirect", ({ json }, id, uri) => show("remove-redirect", { id, uri }, json)],
  ["rotate-secret", (values, id) => rotate(id, values)],
  ["delete", ({ json }, id) => print("client.delete", { id }, deletedAnswer, json, ended)],
]);

const creation = (name: string, values: Values) => ({
  name,
  redirects: values.redirect ?? [],
  pkceOptional: values["pkce-optional"] ?? false,
  internal: values.internal ?? false,
});

const show = (what: string, input: unknown, json: boolean | undefined): Promise<void> =>
  print(`client.${what}`, input, clientAnswer, json, (answer) => shownText(answer.client));

const rotate = (id: string, { overlap = "24h", json }: Values): Promise<void> =>
  print("client.rotate-secret", { id, overlapSeconds: seconds(overlap) }, rotatedAnswer, json, rotatedText);

const rotatedText = ({ secret, formerUntil }: z.output<typeof rotatedAnswer>): string =>
  `Client secret  ${secret}\nIt is shown this once. The former one holds until ${formerUntil}.`;

const ended = ({ links }: z.output<typeof deletedAnswer>): string =>
  `Deleted, with ${links} live ${links === 1 ? "link" : "links"}.`;

/** How many words follow each of them. */
const words = new Map([
  ["list", 0],
  ["add-redirect", 2],
  ["remove-redirect", 2],
]);

/** Options that belong to one of them alone. */
const own = { create: ["redirect", "pkce-optional", "internal"], "rotate-secret": ["overlap"] } as const;

const isMisplaced = (what: string, values: Values): boolean =>
  Object.entries(own).some(([name, flags]) => name !== what && flags.some((flag) => values[flag] !== undefined));

/**
 * `npm start -- client ...`: clients that an operator makes, and every client's end.
 * @throws AppError `invalid_request` with the usage; what the command itself throws.
 */
export async function client(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  const [what = "", ...rest] = positionals;
  const [id = "", uri = ""] = rest;
  const command = commands.get(what);
  if (command === undefined || rest.length !== (words.get(what) ?? 1) || isMisplaced(what, values)) throw misused();
  await command(values, id, uri);
}
