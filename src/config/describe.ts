import * as z from "zod";

type Group = "Server" | "Data" | "Keys" | "Clients" | "Sign-in" | "Mail" | "Tools" | "Tiers" | "Spending";

/** What a reader needs to know about a setting; `.env.example` and docs/settings.md are made of it. */
export interface SettingFacts {
  readonly group: Group;
  readonly about: string;
  readonly example: string;
  /** A value that no message, page or log may show. */
  readonly secret: boolean;
  /** Shown where the default is no constant. */
  readonly fallback?: string;
}

export const facts = z.registry<SettingFacts>();

function describe<Schema extends z.ZodType>(field: Schema, known: SettingFacts): Schema {
  facts.add(field, known);
  return field;
}

export const setting = <Schema extends z.ZodType>(
  group: Group,
  about: string,
  example: string,
  field: Schema,
): Schema => describe(field, { group, about, example, secret: false });

export const secret = <Schema extends z.ZodType>(group: Group, about: string, example: string, field: Schema): Schema =>
  describe(field, { group, about, example, secret: true });
