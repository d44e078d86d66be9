import { describe, expect, it } from "vitest";
import { candidates, complete, openWord } from "../src/views/chat/completion";
import { blocksOf } from "../src/views/chat/plain";

const AGENTS = [
  { name: "main", description: "talks" },
  { name: "home-assistant-agent", description: "knows the house" },
];
const COMMANDS = [
  { name: "rules", usage: "/rules [DO ID]", summary: "rules" },
  { name: "help", usage: "/help", summary: "this list" },
];

describe("completion", () => {
  it("opens at @ after a space and at / at the beginning only", () => {
    expect(openWord("@ma", 3)).toEqual({ kind: "agent", word: "ma", start: 0, end: 3 });
    expect(openWord("ask @home", 9)?.start).toBe(4);
    expect(openWord("a@b", 3)).toBeNull();
    expect(openWord("/ru", 3)).toEqual({ kind: "command", word: "ru", start: 0, end: 3 });
    expect(openWord("see /ru", 7)).toBeNull();
  });

  it("offers what begins with the word before what holds it", () => {
    const open = { kind: "agent", word: "agent", start: 0, end: 6 } as const;
    expect(candidates(open, AGENTS, COMMANDS).map((one) => one.label)).toEqual(["@home-assistant-agent"]);
    expect(candidates({ ...open, word: "ma" }, AGENTS, COMMANDS)[0]?.label).toBe("@main");
    expect(candidates({ ...open, kind: "command", word: "" }, AGENTS, COMMANDS)).toHaveLength(2);
  });

  it("puts the candidate in place of the word and leaves the rest", () => {
    const open = openWord("@ma what?", 3);
    if (!open) throw new Error("nothing is open");
    const [first] = candidates(open, AGENTS, COMMANDS);
    if (!first) throw new Error("nothing fits");
    expect(complete("@ma what?", open, first)).toEqual({ text: "@main what?", cursor: 5 });
    const rules = candidates({ kind: "command", word: "ru", start: 0, end: 3 }, [], COMMANDS)[0];
    expect(rules?.insert).toBe("/rules ");
  });
});

describe("a plain answer", () => {
  it("keeps the shape of YAML and of columns, and makes lists", () => {
    const yaml =
      "Rule ab is active.\nrule: when it rains\nid: ab\ndo:\n- call: light.turn_on\n  entities:\n  - light.a";
    expect(blocksOf(yaml).map((one) => [one.kind, one.lines.length])).toEqual([
      ["text", 1],
      ["code", 6],
    ]);
    expect(blocksOf("2 rules:\n- one\n- two\nSay more.").map((one) => one.kind)).toEqual(["text", "list", "text"]);
    expect(blocksOf("Say it\n/help      this list\n/rules     rules\n/why       why").at(-1)?.kind).toBe("code");
    expect(blocksOf("note: that is all")[0]?.kind).toBe("text");
  });
});
