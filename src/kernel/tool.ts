import type * as z from "zod";
import { AppError } from "./errors.ts";
import { canonicalJson, type Json, type JsonObject, wellFormed } from "./json.ts";
import type { Channel, Principal } from "./principal.ts";
import type { Proposal } from "./proposal.ts";
import { markedSchema, publishedSchema, type Redaction, redactionOf } from "./redaction.ts";
import type { Role } from "./roles.ts";
import type { Scope } from "./scopes.ts";

/** What a tool may do to the world: nothing, change something, or move money. */
export type Effect = "read" | "write" | "money";

/** The facts of one call that a tool may use. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** The call's own receipt. */
  readonly receiptId: string;
  /** The time of the call, UTC. */
  readonly now: Date;
  /** Aborted when the caller leaves, or the job is cancelled. What acts outside is not stopped by a caller who leaves. */
  readonly signal: AbortSignal;
  /** Says how far the work is. Where nobody waits for a job, nobody hears it. */
  readonly progress: (step: Progress) => void;
}

/** How far a job is. */
export interface Progress {
  /** In the person's words, at most 120 characters. */
  readonly stage: string;
  /** 0 to 100; null where nobody knows. */
  readonly percent: number | null;
  readonly etaSeconds: number | null;
}

/** A file that a background tool makes. */
export interface Artifact {
  /** `report.html`: letters, digits, dot, hyphen and underscore, at most 100 characters; unlike any other of its job. */
  readonly name: string;
  readonly mediaType: string;
  readonly body: string | Uint8Array;
}

/** What a tool returns: a sentence complete on its own, and the data behind it. */
export interface ToolAnswer<Data> {
  readonly text: string;
  readonly data: Data;
  /** Members for the widget alone; a model does not read them. */
  readonly meta?: JsonObject;
  /** Of a background tool alone: stored with its outcome, both or neither. */
  readonly files?: readonly Artifact[];
}

/**
 * What is known of an effect outside whose run was cut short. `unknown`: nothing can be proven yet. An effect that did not
 * happen may be tried again; one that can never happen any more has failed.
 */
export type Evidence<Data> =
  | { readonly found: "done"; readonly answer: ToolAnswer<Data> }
  | { readonly found: "not_done"; readonly error: AppError }
  | { readonly found: "unknown" };

/** Everything a surface needs to know about a tool; the rest is derived from it. */
export interface ToolFacts {
  /** Published name; stays valid for good. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  /** True when it removes or overwrites what the person had (MCP `destructiveHint`). */
  readonly destructive: boolean;
  /** True when a second call with the same arguments changes nothing more (MCP `idempotentHint`). */
  readonly idempotent: boolean;
  /** True when it reaches beyond our own data (MCP `openWorldHint`). */
  readonly openWorld: boolean;
  /**
   * True when its effect lies outside our own tables: it then runs between the two transactions of its receipt and not in
   * the second. `idempotent` decides whether it may run again after a crash; it gives the other side `receiptId` as key.
   */
  readonly outside?: boolean;
  /** True when it always answers with a job. */
  readonly background?: boolean;
  /**
   * The assets in which its proposals say what is spent, beside `usd`: a person who sets a limit on any other is told that
   * it stops nothing. A tool that moves money and leaves this out may state any. A tool of another effect names them, or
   * its proposal holds no `spend`.
   */
  readonly spends?: readonly string[];
  /** The lowest tier that has it; absent where everyone has. */
  readonly tier?: string;
  /** The bundle that holds it: a person needs it beside the tier. */
  readonly bundle?: string;
  /** All are needed. */
  readonly scopes: readonly Scope[];
  /** `person`: a console action; never listed to an assistant. */
  readonly audience: "assistant" | "person";
  /** What the person must be beside themselves; the database is asked at each call. */
  readonly role?: Role;
  /** Surfaces that may call it; absent means all. */
  readonly channels?: readonly Channel[];
  /** Name of the widget that shows its answer. */
  readonly widget?: string;
  /** What a host shows while it runs and when it is done, at most 64 characters each. */
  readonly labels?: { readonly invoking: string; readonly invoked: string };
  /** How people ask for it. */
  readonly examples: readonly string[];
}

interface ToolDefinition<Input extends z.ZodType, Output extends z.ZodType, Ports> extends ToolFacts {
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, ctx: Call & Ports): Promise<ToolAnswer<z.input<Output>>>;
  /**
   * What the person is asked before it runs; a tool that has it always asks. Tools that move money must have it. Runs
   * outside any transaction and changes nothing.
   * @throws AppError where there is nothing to decide, such as for an id that is not theirs.
   */
  propose?(input: z.output<Input>, ctx: Call & Ports): Promise<Proposal>;
  /** Looks for evidence of an effect outside whose run was cut short. */
  reconcile?(input: z.output<Input>, ctx: Call & Ports): Promise<Evidence<z.input<Output>>>;
  /** The wallet that a call is about, for its receipt. */
  walletOf?(input: z.output<Input>): string | undefined;
}

/** A tool whose arguments have been parsed, ready to run. */
export interface PreparedCall<Ports> {
  /** The parsed arguments: what a receipt digests. */
  readonly input: Json;
  readonly wallet: string | undefined;
  run(ctx: Call & Ports): Promise<ToolAnswer<Json>>;
  /** Absent where nobody is asked. */
  readonly propose?: (ctx: Call & Ports) => Promise<Proposal>;
  /** Absent where no evidence is looked for. */
  readonly reconcile?: (ctx: Call & Ports) => Promise<Evidence<Json>>;
}

export interface Tool<Ports> extends ToolFacts {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  /** True when the person is asked before it runs. */
  readonly asks: boolean;
  /** True when it looks for evidence by itself after a crash. */
  readonly reconciles: boolean;
  /** What a receipt may keep of arguments and answers, by the marks of their schemas. */
  readonly redact: {
    readonly input: Redaction;
    readonly output: Redaction;
    /** What the person is shown of the arguments: all but what is secret. */
    readonly shown: Redaction;
  };
  /** @throws AppError `invalid_input`, naming each argument that is wrong. */
  prepare(raw: unknown): PreparedCall<Ports>;
}

const sentences = (error: z.ZodError): string =>
  error.issues
    .map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`)
    .join("; ")
    .slice(0, 600);

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid_input", sentences(result.error));
}

/**
 * The answer as the tool's schema has it. @throws AppError `internal`, `result_too_large`: of data only for an effect outside,
 * which its receipt could not undo any more; else that finds it.
 */
function checked<Output extends z.ZodType>(
  { outside }: Pick<ToolFacts, "outside">,
  output: Output,
  answer: ToolAnswer<z.input<Output>>,
): ToolAnswer<Json> {
  const data = output.safeParse(answer.data);
  if (!data.success)
    throw new AppError("internal", "The tool answered in a shape it does not promise.", { cause: data.error });
  const meta = answer.meta === undefined ? 0 : JSON.stringify(wellFormed(answer.meta, "The answer")).length;
  const given = wellFormed(data.data, "The answer");
  const size = outside ? canonicalJson(given).length : 0;
  if (Math.max(answer.text.length, meta, size) > MOST_TEXT) throw tooLarge();
  return { ...answer, data: given };
}

/** Code units of an answer's text, and of its data as canonical JSON: more than any host reads. */
export const MOST_TEXT = 1024 * 1024;

export const tooLarge = (): AppError =>
  new AppError("result_too_large", "The answer is larger than 1 MB, so it is not given.");

/** What a definition may not leave out. @throws Error at start. */
function requireWhole({ effect, outside, background, name }: ToolFacts, asks: boolean): void {
  if (effect === "money" && !(asks && outside))
    throw new Error(`${name} moves money, so it has to ask and lie outside.`);
  if (effect === "read" && outside) throw new Error(`${name} changes nothing, so nothing of it lies outside.`);
  if (background && effect !== "read") throw new Error(`${name} changes something, so it is no background tool.`);
}

/**
 * Defines a tool: one file carries everything about it, and every surface derives its own form from it.
 * @typeParam Ports what its toolset hands to `run` beside the facts of the call.
 */
export function defineTool<Ports, Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>(
  definition: ToolDefinition<Input, Output, Ports>,
): Tool<Ports> {
  const { input, output, run, propose, reconcile, walletOf, ...facts } = definition;
  requireWhole(facts, propose !== undefined);
  const [asked, answered] = [markedSchema(input, "input"), markedSchema(output, "output")];
  return {
    ...facts,
    asks: propose !== undefined,
    reconciles: reconcile !== undefined,
    inputSchema: publishedSchema(asked),
    outputSchema: publishedSchema(answered),
    redact: {
      input: redactionOf(asked),
      output: redactionOf(answered),
      shown: redactionOf(asked, ["secret"]),
    },
    prepare(raw) {
      const args = parsed(input, wellFormed(raw ?? {}, "The arguments"));
      return {
        input: wellFormed(args),
        wallet: walletOf?.(args),
        run: async (ctx) => checked(facts, output, await run(args, ctx)),
        ...(propose && { propose: (ctx: Call & Ports) => propose(args, ctx) }),
        ...(reconcile && {
          async reconcile(ctx: Call & Ports): Promise<Evidence<Json>> {
            const evidence = await reconcile(args, ctx);
            if (evidence.found !== "done") return evidence;
            return { found: "done", answer: checked(facts, output, evidence.answer) };
          },
        }),
      };
    },
  };
}

/** A page that shows a tool's answer inside a host. */
export interface Widget {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

/** Tools that belong together, and what they may use. */
export interface Toolset<Handle> {
  readonly name: string;
  readonly title: string;
  readonly widgets: readonly Widget[];
  readonly tools: readonly BoundTool<Handle>[];
}

/** A tool that builds its ports from the handle of the call. */
export type BoundTool<Handle> = Tool<{ readonly handle: Handle }>;

/**
 * Defines a toolset. `ports` builds what its tools use from the call's handle: a tool never sees the handle itself.
 */
export function defineToolset<Handle, Ports>(definition: {
  name: string;
  title: string;
  widgets?: readonly Widget[];
  tools: readonly Tool<NoInfer<Ports>>[];
  ports(handle: Handle): Ports;
}): Toolset<Handle> {
  const bind = (tool: Tool<Ports>): BoundTool<Handle> => ({
    ...tool,
    prepare(raw) {
      const prepared = tool.prepare(raw);
      const { propose, reconcile } = prepared;
      return {
        input: prepared.input,
        wallet: prepared.wallet,
        run: ({ handle, ...call }) => prepared.run({ ...call, ...definition.ports(handle) }),
        ...(propose && {
          propose: ({ handle, ...call }: Call & { readonly handle: Handle }) =>
            propose({ ...call, ...definition.ports(handle) }),
        }),
        ...(reconcile && {
          reconcile: ({ handle, ...call }: Call & { readonly handle: Handle }) =>
            reconcile({ ...call, ...definition.ports(handle) }),
        }),
      };
    },
  });
  return {
    name: definition.name,
    title: definition.title,
    widgets: definition.widgets ?? [],
    tools: definition.tools.map(bind),
  };
}
