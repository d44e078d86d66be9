import { afterEach, describe, expect, it } from "vitest";
import { language } from "../src/state/preferences";
import { told } from "../src/views/alerts/telling";

const BACK = {
  message: "llm was killed (signal 9) and is back (2 times)",
  code: "process_killed_back",
  data: { name: "llm", signal: 9, times: 2 },
};

afterEach(() => language.set("en"));

describe("what an entry says", () => {
  it("is told in the language of the page", () => {
    expect(told(BACK)).toBe("llm was killed (signal 9) and is back (2 times)");
    language.set("de");
    expect(told(BACK)).toBe("llm wurde beendet (Signal 9) und läuft wieder (2-mal)");
  });

  it("stays as it was written where its code or a value is not known", () => {
    language.set("de");
    for (const other of [{ code: "" }, { code: "constructor" }, { code: "times" }, { data: { name: "llm" } }])
      expect(told({ ...BACK, ...other })).toBe(BACK.message);
    expect(told({ message: "Hot" })).toBe("Hot");
  });

  it("takes the values as they are", () => {
    const name = "{signal} <b>";
    expect(told({ ...BACK, data: { ...BACK.data, name, times: 1 } })).toBe(`${name} was killed (signal 9) and is back`);
  });
});
