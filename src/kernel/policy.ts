import { AppError } from "./errors.ts";
import type { PausedBy, Principal } from "./principal.ts";
import type { ToolFacts } from "./tool.ts";

/** Says who can lift it: nobody is to wait for the wrong one. */
const paused = (by: PausedBy, { title }: ToolFacts): AppError =>
  by === "person"
    ? new AppError("paused", `The person has paused everything, so ${title} was not run.`)
    : new AppError("paused", `The operator of this server has paused this person, so ${title} was not run.`, {
        next: "Do not try again until the operator resumes it; the person cannot.",
      });

/**
 * Decides whether this principal may call this tool, from the two alone.
 * @throws AppError `tool_not_allowed` (surface), `paused` or `insufficient_scope` (all scopes that the tool needs are in `details`).
 */
export function authorize(tool: ToolFacts, principal: Principal): void {
  if (!reachable(tool, principal)) {
    throw new AppError("tool_not_allowed", `${tool.title} cannot be used from here.`);
  }
  if (principal.paused && tool.effect !== "read" && tool.audience === "assistant") {
    throw paused(principal.paused, tool);
  }
  if (tool.scopes.every((scope) => principal.scopes.has(scope))) return;
  throw new AppError(
    "insufficient_scope",
    `${tool.title} needs permission that was not granted: ${tool.scopes.join(" ")}.`,
    {
      details: { scope: tool.scopes.join(" ") },
    },
  );
}

/**
 * Lets only a person go on who has just proven to be there: for whatever takes a protection away, and for what an
 * administrator gives. Who holds no more than a stolen cookie can tighten everything, and loosen nothing.
 * @throws AppError `fresh_sign_in_required`; the person's page says which ways there are.
 */
export function requirePresence({ proven }: Pick<Principal, "proven">): void {
  if (proven !== undefined) return;
  throw new AppError("fresh_sign_in_required", "This takes a protection away, so it needs a sign-in of this moment.");
}

/** Whether a surface may see the tool at all. A person's own actions are for the person's own browser. */
export function reachable(tool: ToolFacts, principal: Pick<Principal, "channel">): boolean {
  if (tool.audience === "person" && principal.channel !== "web") return false;
  return tool.channels === undefined || tool.channels.includes(principal.channel);
}
