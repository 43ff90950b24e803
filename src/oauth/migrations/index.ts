import type { Migration } from "../../database/handle.ts";
import { migration as oauth } from "./0002-oauth.ts";
import { migration as clients } from "./0010-oauth-clients.ts";
import { migration as flows } from "./0011-oauth-flows.ts";
import { migration as admission } from "./0014-oauth-admission.ts";
import { migration as pause } from "./0024-oauth-pause.ts";
import { migration as operatorPause } from "./0030-oauth-operator-pause.ts";

/** This room's schema, step by step. */
export const migrations: readonly Migration[] = [oauth, clients, flows, admission, pause, operatorPause];
