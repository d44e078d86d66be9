import { describe, expect, it } from "vitest";
import { address } from "../src/views/agents/address";
import { edited } from "../src/views/agents/code-editor";
import { tokensOf } from "../src/views/agents/python";
import { blankDraft, draftOf, faults, fieldOf, listOf, specOf } from "../src/views/agents/spawn-draft";

describe("the address of an agent's page", () => {
  it.each([
    ["", "", "overview"],
    ["new", "new", "new"],
    ["ticker", "ticker", "overview"],
    ["ticker/logs", "ticker", "logs"],
    ["ticker/edit", "ticker", "edit"],
    ["new/logs", "new", "logs"],
    ["a/b", "a/b", "overview"],
    ["a/b/code", "a/b", "code"],
  ])("%j", (rest, name, part) => {
    expect(address(rest)).toEqual({ name, part });
  });
});

describe("the form for an agent", () => {
  it("can be sent as it begins, once it has a name", () => {
    expect(faults(blankDraft())).toEqual({ name: "needsName" });
    expect(faults({ ...blankDraft(), name: "counter" })).toEqual({});
  });

  it("says what is wrong, field by field", () => {
    const draft = {
      ...blankDraft(),
      name: "a/b",
      code: " ",
      description: "x".repeat(2_001),
      pollInterval: "0",
      memory: "128.5",
      cpu: "three",
      publish: "garden/pump\nbad/#/more",
      http: "http://example.org",
    };
    expect(faults(draft)).toEqual({
      name: "badName",
      code: "needsCode",
      description: "tooLong",
      pollInterval: "badInterval",
      memory: "badMemory",
      cpu: "badCpu",
      publish: "badTopic",
      http: "badHost",
    });
    expect(faults({ ...blankDraft(), name: "chef", type: "llm" })).toEqual({ systemPrompt: "needsPrompt" });
    expect(
      faults({ ...blankDraft(), name: "x", subscribe: "a/+/b, c/#", http: "example.org\n192.168.1.20:8080" }),
    ).toEqual({});
  });

  it("becomes a specification, and one becomes a form", () => {
    const draft = {
      ...blankDraft(),
      name: " tide ",
      publish: "garden/pump, garden/lamp",
      http: "example.org",
      model: true,
    };
    const spec = specOf(draft);
    expect(spec).toMatchObject({
      name: "tide",
      type: "dynamic",
      poll_interval: 5,
      grants: { publish: ["garden/pump", "garden/lamp"], http: ["example.org"], model: true },
      limits: { memory_mb: 128, cpu: 0.5 },
      replace: false,
    });
    const again = draftOf(spec);
    expect(again).toMatchObject({ name: "tide", publish: "garden/pump\ngarden/lamp", model: true, replace: true });
  });

  it("keeps what the form does not show when one is edited, but nothing of the system", () => {
    const known = { name: "tide", code: "x", publishes: ["a"], own_key: 1, _agent_id: "7", replaced_at: 9 };
    const spec = specOf(draftOf(known), known);
    expect(spec).toMatchObject({ publishes: ["a"], own_key: 1, replace: true });
    expect(spec).not.toHaveProperty("_agent_id");
    expect(spec).not.toHaveProperty("replaced_at");
  });

  it("finds the field that the server speaks of", () => {
    expect(fieldOf("''<b>'' cannot be a name: leave out / + # and control characters")).toBe("name");
    expect(fieldOf("`code` is no valid Python: '(' was never closed in line 2")).toBe("code");
    expect(fieldOf("line 1: 'requests' cannot be imported: use ...")).toBe("code");
    expect(fieldOf("Node local refused x: the code of 'x' cannot run: line 1: ...")).toBe("code");
    expect(fieldOf("limits.memory_mb: Input should be less than 1024")).toBe("memory");
    expect(fieldOf("Node attic is offline")).toBe("node");
    expect(fieldOf("The broker is away")).toBeNull();
    expect(listOf(" a ,\n\nb\n")).toEqual(["a", "b"]);
  });
});

describe("the field for code", () => {
  it("indents to the next step, and whole lines when several are chosen", () => {
    expect(edited("ab", 1, 1, "Tab")).toEqual({ text: "a   b", start: 4, end: 4 });
    expect(edited("a\nb", 0, 3, "Tab")).toEqual({ text: "    a\n    b", start: 4, end: 11 });
    expect(edited("    a\n  b", 5, 9, "BackTab")).toEqual({ text: "a\nb", start: 1, end: 3 });
  });

  it("keeps the indentation on a new line, one step more after a colon", () => {
    expect(edited("    a", 5, 5, "Enter")?.text).toBe("    a\n    ");
    expect(edited("if x:", 5, 5, "Enter")).toEqual({ text: "if x:\n    ", start: 10, end: 10 });
  });
});

describe("colors of Python", () => {
  const kinds = (code: string): string[][] =>
    tokensOf(code).map((line) => line.filter(([kind]) => kind).map(([kind, text]) => `${kind}:${text}`));

  it("knows keywords, strings, numbers, comments and names", () => {
    expect(kinds(`async def run(a): # <b>`)).toEqual([["keyword:async", "keyword:def", "name:run", "comment:# <b>"]]);
    expect(kinds(`x = f"a{b}\\"" + 'it' + 0x1f`)).toEqual([[`string:f"a{b}\\""`, "string:'it'", "number:0x1f"]]);
  });

  it("follows long strings over lines", () => {
    expect(kinds('x = """a\nif b\n""" if 1')).toEqual([
      ['string:"""a'],
      ["string:if b"],
      ['string:"""', "keyword:if", "number:1"],
    ]);
  });

  it("gives back every character", () => {
    const code = `def f():\n\treturn "ü‮ <script>" # é\n'''open`;
    expect(
      tokensOf(code)
        .map((line) => line.map(([, text]) => text).join(""))
        .join("\n"),
    ).toBe(code);
  });
});
