import { test } from "node:test";
import { killings, longest } from "./killings.ts";

test("killed at any moment on PostgreSQL, nothing is lost, happens twice or is stuck", longest, (t) =>
  killings(t, "postgres"),
);
