import type * as z from "zod";
import { AppError } from "./errors.ts";
import { type Json, type JsonObject, wellFormed } from "./json.ts";
import type { Channel, Principal } from "./principal.ts";
import { markedSchema, publishedSchema, type Redaction, redactionOf } from "./redaction.ts";
import type { Role } from "./roles.ts";
import type { Scope } from "./scopes.ts";

/** What a tool may do to the world: nothing, change our own tables, or move money. */
export type Effect = "read" | "write" | "money";

/** The facts of one call that a tool may use. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** The call's own receipt. */
  readonly receiptId: string;
  /** The time of the call, UTC. */
  readonly now: Date;
  /** Aborted when the caller leaves or the deadline passes. */
  readonly signal: AbortSignal;
}

/** What a tool returns: a sentence complete on its own, and the data behind it. */
export interface ToolAnswer<Data> {
  readonly text: string;
  readonly data: Data;
  /** Members for the widget alone; a model does not read them. */
  readonly meta?: JsonObject;
}

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
}

/** A tool whose arguments have been parsed, ready to run. */
export interface PreparedCall<Ports> {
  /** The parsed arguments: what a receipt digests. */
  readonly input: Json;
  run(ctx: Call & Ports): Promise<ToolAnswer<Json>>;
}

export interface Tool<Ports> extends ToolFacts {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  /** What a receipt may keep of arguments and answers, by the marks of their schemas. */
  readonly redact: { readonly input: Redaction; readonly output: Redaction };
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
 * Defines a tool: one file carries everything about it, and every surface derives its own form from it.
 * @typeParam Ports what its toolset hands to `run` beside the facts of the call.
 */
export function defineTool<Ports, Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>(
  definition: ToolDefinition<Input, Output, Ports>,
): Tool<Ports> {
  const { input, output, run, ...facts } = definition;
  const [asked, answered] = [markedSchema(input, "input"), markedSchema(output, "output")];
  return {
    ...facts,
    inputSchema: publishedSchema(asked),
    outputSchema: publishedSchema(answered),
    redact: { input: redactionOf(asked), output: redactionOf(answered) },
    prepare(raw) {
      const args = parsed(input, wellFormed(raw ?? {}, "The arguments"));
      return {
        input: wellFormed(args),
        async run(ctx) {
          const answer = await run(args, ctx);
          const data = output.safeParse(answer.data);
          if (!data.success)
            throw new AppError("internal", "The tool answered in a shape it does not promise.", { cause: data.error });
          return { ...answer, data: wellFormed(data.data, "The answer") };
        },
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
      return {
        input: prepared.input,
        run: ({ handle, ...call }) => prepared.run({ ...call, ...definition.ports(handle) }),
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
