import type { Handle } from "../../database/handle.ts";
import { defineToolset, type Toolset } from "../../kernel/tool.ts";
import { deleteItems } from "./delete-items.ts";
import { echo } from "./echo.ts";
import { getItems } from "./get-items.ts";
import { itemsOf } from "./items.ts";
import { performItemAction } from "./perform-item-action.ts";
import { itemStatesOf } from "./records/item-states.ts";

/** A small list to try an assistant with: it reads, it changes, and it shows both in widgets. */
export const demoToolset = (): Toolset<Handle> =>
  defineToolset({
    name: "demo",
    title: "Demo",
    widgets: [
      { name: "list-view", title: "ListView Widget", description: "Interactive list view with actions" },
      { name: "echo", title: "Echo Widget", description: "Simple echo widget that displays text" },
    ],
    tools: [getItems, performItemAction, deleteItems, echo],
    ports: (handle: Handle) => ({ items: itemsOf(itemStatesOf(handle)) }),
  });
