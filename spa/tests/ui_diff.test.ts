import { describe, expect, it } from "vitest";
import { diffLines, shortened } from "../src/ui/diff";

function signs(before: string, after: string): string[] {
  const SIGN = { same: " ", gone: "-", new: "+" };
  return diffLines(before, after).map((line) => SIGN[line.kind] + line.text);
}

describe("difference of two texts", () => {
  it.each([
    ["a\nb\nc", "a\nb\nc", [" a", " b", " c"]],
    ["a\nb\nc", "a\nc", [" a", "-b", " c"]],
    ["a\nc", "a\nb\nc", [" a", "+b", " c"]],
    ["a\nb", "a\nx", [" a", "-b", "+x"]],
    ["a\nb\nc\nd", "b\nx\nd\ne", ["-a", " b", "-c", "+x", " d", "+e"]],
  ])("of %j and %j", (before, after, expected) => {
    expect(signs(before, after)).toEqual(expected);
  });

  it("numbers the lines of both", () => {
    expect(diffLines("a\nb", "b\nc").map((line) => [line.old, line.new])).toEqual([
      [1, 0],
      [2, 1],
      [0, 2],
    ]);
  });

  it("gives back both texts, whatever they are", () => {
    const words = ["x", "y", "z", ""];
    const text = (seed: number): string =>
      Array.from({ length: 30 }, (_, at) => words[(seed * (at + 3) ** 2) % words.length]).join("\n");
    for (let seed = 0; seed < 40; seed += 1) {
      const [before, after] = [text(seed), text(seed + 17)];
      const lines = diffLines(before, after);
      const side = (left: "gone" | "new"): string =>
        lines.flatMap((line) => (line.kind === "same" || line.kind === left ? [line.text] : [])).join("\n");
      expect(side("gone")).toBe(before);
      expect(side("new")).toBe(after);
    }
  });

  it("does not compare line by line what is huge and all different", () => {
    const many = (mark: string): string => Array.from({ length: 5_000 }, (_, at) => mark + at).join("\n");
    expect(diffLines(many("a"), many("b"))).toHaveLength(10_000);
  });

  it("leaves out what is far from every change", () => {
    const before = Array.from({ length: 20 }, (_, at) => String(at)).join("\n");
    const found = shortened(diffLines(before, before.replace("\n10\n", "\nten\n")), 2);
    expect(found.map((line) => line?.text ?? "…")).toEqual(["…", "8", "9", "10", "ten", "11", "12", "…"]);
  });
});
