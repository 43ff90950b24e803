import type { Migration } from "../../database/handle.ts";
import { migration as widgetPages } from "./0007-widget-pages.ts";

export const migrations: readonly Migration[] = [widgetPages];
