import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { approvalStatus, type Questions } from "./approval-status.ts";

/** What the general tools need of other rooms. */
export interface GeneralParts {
  readonly questions: Questions;
}

/** What an assistant needs whatever else it does: how something stands that was not done at once. */
export const generalToolset = <Handle>({ questions }: GeneralParts): Toolset<Handle> =>
  defineToolset({
    name: "general",
    title: "General",
    tools: [approvalStatus],
    ports: () => ({ questions }),
  });
