import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, locate, samenessKey } from "./fold.ts";

const found = (text: string, quote: string): string | null => {
  const span = locate(fold(text), quote);
  return span && text.slice(span.from, span.to);
};

test("a quote is found however its case, spaces, quotation marks and dashes are written", () => {
  const text = "Well — I’m looking\n  for a “green”\u00a0roof.";
  assert.equal(found(text, 'I\'m looking for a "green" roof'), "I’m looking\n  for a “green”\u00a0roof");
  assert.equal(found(text, "WELL - I'M"), "Well — I’m");
  assert.equal(found(text, "“looking for a …"), "looking\n  for a", "marks at the ends of a quote are not part of it");
});

test("a quote is found however Unicode writes its letters", () => {
  assert.equal(found("caf\u00e9 wanted", "cafe\u0301 wanted"), "caf\u00e9 wanted");
  assert.equal(found("cafe\u0301 wanted", "caf\u00e9"), "cafe\u0301");
  assert.equal(found("soft\u00adware", "software"), "soft\u00adware");
  assert.equal(found("ﬁnd İstanbul", "find i̇stanbul"), "ﬁnd İstanbul");
});

test("a quote is whole words, but for scripts that write without spaces", () => {
  assert.equal(found("I start on Monday. Art heals.", "art"), "Art");
  assert.equal(found("restart", "art"), null);
  assert.equal(found("caf\u00e9", "caf"), null);
  assert.equal(
    found("児童書のイラストレーターを探しています。", "イラストレーターを探して"),
    "イラストレーターを探して",
  );
});

test("what is not there is not found", () => {
  assert.equal(found("I'm looking for a flat", "I'm looking for a house"), null);
  assert.equal(found("anything", " … "), null);
  assert.equal(found("", "anything"), null);
});

test("two payloads with the same words have the same key", () => {
  assert.equal(samenessKey("Looking for a  FLAT."), samenessKey("looking for a flat"));
  assert.notEqual(samenessKey("Looking for a flat"), samenessKey("Looking for two flats"));
});
