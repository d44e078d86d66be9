import { describe, expect, it } from "vitest";
import { nameOf } from "../src/ui/foreign";

describe("a name from outside", () => {
  it("is left alone when it is harmless, in any script", () => {
    expect(nameOf("<b>tür</b> اسم 名前")).toBe("<b>tür</b> اسم 名前");
  });

  it("shows marks that would turn or hide what is read", () => {
    expect(nameOf("\u202Egnp.exe\u2069\n\u0000")).toBe("\ufffdgnp.exe\ufffd\ufffd\ufffd");
  });

  it("is cut", () => {
    expect(nameOf("x".repeat(1_000_000))).toBe(`${"x".repeat(200)}…`);
  });
});
