import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf } from "./direction.ts";

test("a language is written as its script is, whatever its region", () => {
  for (const locale of ["ar", "ar-EG", "he", "he-IL", "fa-IR", "ur", "yi", "dv", "ckb", "az-Arab", "pa-PK"])
    assert.equal(directionOf(locale), "rtl", locale);
  for (const locale of ["en", "de-CH", "ja", "az", "pa", "ar-Latn", "und", "zh-Hant-TW"])
    assert.equal(directionOf(locale), "ltr", locale);
});
