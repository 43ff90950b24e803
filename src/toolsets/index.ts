import type { Handle, Migration } from "../database/handle.ts";
import type { PersonalData } from "../kernel/personal-data.ts";
import type { Toolset } from "../kernel/tool.ts";
import { type AccountParts, accountToolset } from "./account/toolset.ts";
import { type AdminParts, adminToolset } from "./admin/toolset.ts";
import { migrations as demoMigrations } from "./demo/migrations/index.ts";
import { itemsData } from "./demo/records/item-states.ts";
import { demoToolset } from "./demo/toolset.ts";
import { type GeneralParts, generalToolset } from "./general/toolset.ts";
import { migrations as intentsMigrations } from "./intents/migrations/index.ts";
import { intentsData } from "./intents/records/intents-data.ts";
import { intentsToolset } from "./intents/toolset.ts";
import { migrations as widgetMigrations } from "./migrations/index.ts";

/** What the toolsets need of other rooms and of the settings. */
interface ToolsetParts extends AccountParts<Handle>, GeneralParts<Handle> {
  readonly admin: AdminParts<Handle>;
  /** Code points that `extract_intent` reads of the instruction, and of each other section. */
  readonly extraction: { readonly instructionLimit: number; readonly sectionLimit: number };
}

/** Everything that an assistant or a person can do. */
export const createToolsets = (parts: ToolsetParts): readonly Toolset<Handle>[] => [
  demoToolset(),
  intentsToolset(parts.extraction),
  generalToolset(parts),
  accountToolset(parts),
  adminToolset(parts.admin),
];

export const toolsetMigrations: readonly Migration[] = [...demoMigrations, ...intentsMigrations, ...widgetMigrations];

/** What the toolsets keep of a person. */
export const toolsetData: readonly PersonalData<Handle>[] = [itemsData, intentsData];
