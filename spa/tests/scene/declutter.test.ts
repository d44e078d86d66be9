import { describe, expect, it } from "vitest";
import { type Around, declutter, HEIGHT, type Place, type Wish } from "../../src/scene/declutter";
import { freeParts } from "../../src/scene/framing";
import { widthOf } from "../../src/scene/labels";
import { Sight } from "../../src/scene/sight";

const AROUND: Around = { width: 1000, height: 700, discs: [], covered: [] };
const NOTHING: ReadonlyMap<string, Place> = new Map();

function wish(key: string, x: number, y: number, rank: number, isForced = false): Wish {
  return { key, x, y, rank, isForced, width: 80, radius: 12 };
}

function boxesOf(wishes: readonly Wish[], places: ReadonlyMap<string, Place>): number[][] {
  return wishes.flatMap(({ key, width }) => {
    const place = places.get(key);
    return place ? [[place.x - width / 2, place.y, place.x + width / 2, place.y + HEIGHT]] : [];
  });
}

function overlaps(boxes: readonly number[][]): number {
  const meets = (a: number[], b: number[]): boolean =>
    [0, 1].every((side) => (a[side] ?? 0) < (b[side + 2] ?? 0) && (b[side] ?? 0) < (a[side + 2] ?? 0));
  return boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => meets(a, b))).length;
}

/** A crowd at places that look like chance. */
function crowd(count: number): Wish[] {
  return Array.from({ length: count }, (_, index) =>
    wish(`a${index}`, (index * 379) % 1000, (index * 211) % 700, index % 9),
  );
}

describe("names over the scene", () => {
  it("never lie over each other nor over the bodies of others", () => {
    const wishes = crowd(200);
    const discs = wishes.map(({ key, x, y, radius }) => ({ key, x, y, radius }));
    const places = declutter(wishes, { ...AROUND, discs }, NOTHING, 60);
    const boxes = boxesOf(wishes, places);
    expect(boxes.length).toBeGreaterThan(15);
    expect(boxes.length).toBeLessThanOrEqual(60);
    expect(overlaps(boxes)).toBe(0);
    for (const { key, x, y, radius } of wishes) {
      for (const other of wishes) {
        const place = key === other.key ? undefined : places.get(other.key);
        if (!place) continue;
        const dx = x - Math.max(place.x - 40, Math.min(x, place.x + 40));
        const dy = y - Math.max(place.y, Math.min(y, place.y + HEIGHT));
        expect(Math.hypot(dx, dy)).toBeGreaterThanOrEqual(radius);
      }
    }
  });

  it("stand where there is room; who matters more stands first", () => {
    const places = declutter([wish("b", 105, 300, 5), wish("a", 100, 300, 1)], AROUND, NOTHING, 9);
    expect(places.get("a")?.side).toBe("below");
    expect(places.get("b")?.side).toBe("above");
    const four = ["a", "b", "c", "d", "e"].map((key, index) => wish(key, 300, 300, index));
    expect([...declutter(four, AROUND, NOTHING, 9).keys()]).toEqual(["a", "b", "c", "d"]);
    expect([...declutter(four, AROUND, NOTHING, 2).keys()]).toEqual(["a", "b"]);
  });

  it("are not shown outside, nor under what covers the screen; what is picked is", () => {
    const covered = [{ left: 0, top: 500, right: 400, bottom: 700 }];
    const wishes = [wish("out", 1500, 10, 1), wish("under", 200, 600, 1), wish("picked", 250, 650, 0, true)];
    expect([...declutter(wishes, { ...AROUND, covered }, NOTHING, 9).keys()]).toEqual(["picked"]);
  });

  it("stay as they are while things move a little", () => {
    const wishes = crowd(120);
    let before = declutter(wishes, AROUND, NOTHING, 40);
    for (let step = 0; step < 20; step += 1) {
      const moved = wishes.map((one, index) => ({
        ...one,
        x: one.x + Math.sin(step + index) * 0.8,
        rank: one.rank + Math.cos(step * index) * 0.2,
      }));
      const now = declutter(moved, AROUND, before, 40);
      expect([...now.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [key, place] of now) expect(place.side).toBe(before.get(key)?.side);
      before = now;
    }
  });

  it("give way when something matters clearly more", () => {
    const kept = declutter([wish("a", 300, 300, 5)], AROUND, NOTHING, 1);
    expect([...declutter([wish("a", 300, 300, 5), wish("b", 310, 300, 4.8)], AROUND, kept, 1).keys()]).toEqual(["a"]);
    expect([...declutter([wish("a", 300, 300, 5), wish("b", 310, 300, 2)], AROUND, kept, 1).keys()]).toEqual(["b"]);
  });

  it("take more room where letters are wide", () => {
    expect(widthOf("全部打开", "agent")).toBeGreaterThan(widthOf("abcd", "agent"));
  });
});

describe("what covers the screen", () => {
  const strip = { left: 14, top: 250, right: 400, bottom: 390 };

  it("leaves a part beside it and one over it", () => {
    const parts = freeParts([{ left: 0, top: 0, right: 800, bottom: 40 }, strip], 800, 400);
    const height = expect.closeTo(0.9);
    expect(parts).toContainEqual({ width: 1, height, shift: [0, expect.closeTo(-0.1)] });
    expect(parts).toContainEqual({ width: 0.5, height, shift: [0.5, expect.closeTo(-0.1)] });
    expect(parts).toContainEqual({ width: 1, height: expect.closeTo(0.525), shift: [0, expect.closeTo(0.275)] });
    expect(freeParts([], 800, 400)).toEqual([{ width: 1, height: 1, shift: [0, 0] }]);
  });

  it.each([
    [1340, 845],
    [720, 330],
    [930, 700],
    [390, 720],
  ] as const)("keeps the circle of all free: %i × %i", (width, height) => {
    const covered = [
      { left: 0, top: 0, right: width, bottom: 52 },
      { left: 14, top: height - 110, right: Math.min(434, width - 14), bottom: height - 12 },
    ];
    for (const view of ["orbit", "top"] as const) {
      const sight = new Sight(view, () => undefined);
      sight.lens.size(width, height);
      sight.fit(12, covered);
      sight.step(0.1);
      for (let turn = 0; turn < 64; turn += 1) {
        const angle = (turn / 32) * Math.PI;
        const seen = sight.lens.see({ x: Math.cos(angle) * 12, y: 0, z: Math.sin(angle) * 12 });
        expect(seen).not.toBeNull();
        const [x, y] = [seen?.x ?? -1, seen?.y ?? -1];
        expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
        for (const box of covered) expect(x > box.left && x < box.right && y > box.top && y < box.bottom).toBe(false);
      }
    }
  });
});
