import type { Config } from "../config/config.ts";
import { openDataDirectory } from "../database/data-directory.ts";

/** Where the running server takes commands. In a file of its own, since who asks a server needs nothing else of one. */
export const socketPathOf = (config: Config): string => openDataDirectory(config.dataDirectory).socket;
