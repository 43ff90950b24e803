import { AppError } from "./errors.ts";
import { authorize } from "./policy.ts";
import type { Principal } from "./principal.ts";
import { nameForReceipt } from "./receipt-draft.ts";
import { requireRole, type RolesOf } from "./roles.ts";
import type { BoundTool, PreparedCall, Toolset } from "./tool.ts";

/** What decides who may call what. */
export interface AdmitParts<Handle> {
  readonly toolsets: readonly Toolset<Handle>[];
  /** Who may use the tools that ask for a role. Where it is absent, nobody may. */
  readonly roles?: RolesOf;
}

/** A tool that this principal may call with these arguments. */
export interface Admitted<Handle> {
  readonly tool: BoundTool<Handle>;
  readonly prepared: PreparedCall<{ readonly handle: Handle }>;
}

/** Every tool by name. @throws Error at start when two tools share a name. */
export function registryOf<Handle>(toolsets: readonly Toolset<Handle>[]): ReadonlyMap<string, BoundTool<Handle>> {
  const registry = new Map<string, BoundTool<Handle>>();
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (registry.has(tool.name)) throw new Error(`Two tools are named ${tool.name}.`);
    registry.set(tool.name, tool);
  }
  return registry;
}

/** Finds a tool and decides whether it may be called. */
export interface Admit<Handle> {
  (name: string, input: unknown, principal: Principal): Promise<Admitted<Handle>>;
  find(name: string): BoundTool<Handle> | undefined;
}

/** @throws AppError (from what it builds) `unknown_tool`, `role_required`, `invalid_input`, and as {@link authorize}. */
export function createAdmit<Handle>({ toolsets, roles }: AdmitParts<Handle>): Admit<Handle> {
  const registry = registryOf(toolsets);
  const rolesOf: RolesOf = roles ?? (async () => new Set());
  const admit = async (name: string, input: unknown, principal: Principal): Promise<Admitted<Handle>> => {
    const tool = registry.get(name);
    if (!tool) throw new AppError("unknown_tool", `There is no tool named ${nameForReceipt(name)}.`);
    // Before the arguments are looked at: who may not use the tool learns nothing of it.
    await requireRole(tool, principal, rolesOf);
    const prepared = tool.prepare(input);
    authorize(tool, principal);
    return { tool, prepared };
  };
  return Object.assign(admit, { find: (name: string) => registry.get(name) });
}
