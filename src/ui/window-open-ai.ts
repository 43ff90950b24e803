import { isObject } from "./guards.ts";
import { followLook } from "./host-look.ts";
import type { HostStore } from "./host-state.ts";
import { reportSize } from "./report-size.ts";
import { type ToolAnswer, toolAnswerOf } from "./tool-answer.ts";

type Fields = Readonly<Record<string, unknown>>;

/** ChatGPT's own bridge, `window.openai`; in other hosts it is absent and has nothing. */
export interface WindowOpenAi {
  present(): boolean;
  has(method: string): boolean;
  /** Calls one of its functions. @throws Error when there is none, and whatever it throws. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>;
  member(name: string): unknown;
}

const globalsOf = (frame: Window): Fields | null => {
  const globals: unknown = "openai" in frame ? frame.openai : null;
  return isObject(globals) ? globals : null;
};

/** Takes over new answers. What MCP Apps brought is the whole of the same answer, and stays. */
function answerFollower(store: HostStore): (globals: Fields) => void {
  let own: ToolAnswer | null = null;
  let seen: readonly unknown[] = [];
  return ({ toolOutput, toolResponseMetadata }) => {
    if (store.get().answer !== own || (toolOutput === seen[0] && toolResponseMetadata === seen[1])) return;
    seen = [toolOutput, toolResponseMetadata];
    own = toolAnswerOf(toolOutput, toolResponseMetadata) ?? own;
    if (own) store.set({ phase: "answered", answer: own, toolOutput });
  };
}

/** Follows what `window.openai` holds; it says by an event that something in it has changed. */
export function connectOpenAi(frame: Window, store: HostStore): WindowOpenAi {
  const followAnswer = answerFollower(store);
  const has = (method: string): boolean => typeof globalsOf(frame)?.[method] === "function";

  function read(): void {
    const globals = globalsOf(frame);
    if (globals === null) return;
    const displayModes = has("requestDisplayMode") ? ["inline", "fullscreen"] : ["inline"];
    followLook(frame.document.documentElement, store, { availableDisplayModes: displayModes, ...globals });
    if (isObject(globals["toolInput"])) store.set({ toolInput: globals["toolInput"] });
    followAnswer(globals);
  }

  async function call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const globals = globalsOf(frame);
    const called = globals?.[method];
    if (typeof called !== "function") throw new Error("This window cannot do that. Ask the assistant instead.");
    const result: unknown = await Reflect.apply(called, globals, args);
    return result;
  }

  frame.addEventListener("openai:set_globals", read);
  read();
  if (has("notifyIntrinsicHeight"))
    reportSize(frame, ({ height }) => void call("notifyIntrinsicHeight", height).catch(() => undefined));
  return { has, call, present: () => globalsOf(frame) !== null, member: (name) => globalsOf(frame)?.[name] };
}
