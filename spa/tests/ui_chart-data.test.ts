import { describe, expect, it } from "vitest";
import { align, extent, isCounted, scale, spread, toneOf } from "../src/ui/chart-data";

describe("data of a chart", () => {
  it("puts series over one row of moments", () => {
    const memory = { label: "memory", points: [[1, 10] as const, [3, 30] as const] };
    const errors = { label: "errors", points: [[2, 1] as const, [3, null] as const] };
    expect(align([memory, errors])).toEqual([
      [1, 2, 3],
      [10, undefined, 30],
      [undefined, 1, null],
    ]);
  });

  it("knows lowest, highest and last, without gaps", () => {
    const points = [
      [1, 5],
      [2, null],
      [3, -2],
      [4, 3],
      [5, null],
    ] as const;
    expect(extent({ label: "x", points })).toEqual({ min: -2, max: 5, last: 3 });
    expect(extent({ label: "x", points: [] })).toBeNull();
  });

  it("has a scale with zero in it and some height", () => {
    expect(scale(null, null)).toEqual([0, 1]);
    expect(scale(0, 0)).toEqual([0, 1]);
    expect(scale(10, 100)).toEqual([0, 108]);
    expect(scale(-10, -5)).toEqual([-10.8, 0]);
  });

  it("gives series colors in order, unless they say otherwise", () => {
    expect(toneOf({ label: "x", points: [] }, 0)).toBe("accent");
    expect(toneOf({ label: "x", points: [], tone: "bad" }, 0)).toBe("bad");
    expect(toneOf({ label: "x", points: [] }, 8)).toBe("blue");
  });

  it("leaves room for the outer bars and a single point", () => {
    const points = [
      [0, 1],
      [10, 1],
      [20, 1],
    ] as const;
    expect(spread([{ label: "x", points, shape: "bars" }], 99)).toEqual([-5, 25]);
    expect(spread([{ label: "x", points }], 99)).toEqual([0, 20]);
    expect(spread([{ label: "x", points: [[5, 1]] }], 99)).toEqual([-25, 35]);
    expect(spread([{ label: "x", points: [[604_800, 1]], shape: "bars" }], 99)).toEqual([302_400, 907_200]);
    expect(spread([{ label: "x", points: [] }], 99)).toEqual([39, 99]);
  });

  it("knows what is counted", () => {
    expect(
      isCounted([
        {
          label: "x",
          points: [
            [0, 3],
            [1, null],
          ],
        },
      ]),
    ).toBe(true);
    expect(isCounted([{ label: "x", points: [[0, 0.5]] }])).toBe(false);
  });
});
