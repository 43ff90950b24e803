import { existsSync } from "node:fs";
import { type Config, parseConfig } from "../config/config.ts";

/**
 * The settings of this process: its environment, and a file `.env` in the working directory for what it does not hold.
 * Warnings go to the terminal.
 * @throws ConfigError naming every setting that cannot be used.
 */
export function readConfiguration(): Config {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { config, warnings } = parseConfig(process.env);
  for (const warning of warnings) console.warn(`Note: ${warning}`);
  return config;
}
