import type { Handle } from "../../database/handle.ts";
import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { archiveIntent } from "./archive-intent.ts";
import { editIntent } from "./edit-intent.ts";
import { extractIntent } from "./extract-intent.ts";
import type { Limits } from "./extraction/sections.ts";
import { intentsOf } from "./records/intents.ts";

/** What people want, seek or offer, taken from their own words and kept until they archive it. */
export const intentsToolset = (limits: Limits): Toolset<Handle> =>
  defineToolset({
    name: "intents",
    title: "Intents",
    widgets: [
      {
        name: "intent-display",
        title: "IntentDisplay Widget",
        description: "Displays extracted intents with archive/delete actions",
      },
    ],
    tools: [extractIntent(limits), archiveIntent, editIntent],
    ports: (handle: Handle) => ({ intents: intentsOf(handle) }),
  });
