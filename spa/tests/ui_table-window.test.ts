import { describe, expect, it } from "vitest";
import { visible } from "../src/ui/table-window";

describe("the rows in view", () => {
  it("are all of a short list", () => {
    expect(visible(200, 44, 5_000, 600)).toEqual({ from: 0, to: 200, before: 0, after: 0 });
  });

  it("are those of a long list around the view, with room for the others", () => {
    const found = visible(1_000, 50, 10_000, 500);
    expect(found).toEqual({ from: 188, to: 222, before: 9_400, after: 38_900 });
    expect(found.before + (found.to - found.from) * 50 + found.after).toBe(50_000);
  });

  it("are some also when the view is beyond the list", () => {
    const found = visible(300, 50, 99_999, 500);
    expect(found.from).toBe(299);
    expect(found.to).toBe(300);
  });
});
