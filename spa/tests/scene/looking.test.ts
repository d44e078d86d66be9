import { describe, expect, it } from "vitest";
import { Lens } from "../../src/scene/lens";
import { pick } from "../../src/scene/looking";
import { shortName, shortText } from "../../src/scene/names";
import { parseColor } from "../../src/scene/palette";
import { Quality } from "../../src/scene/quality";
import { Rig } from "../../src/scene/rig";
import { body } from "./sample";

describe("the camera", () => {
  it.each(["orbit", "top"] as const)("sees everything at home: %s", (view) => {
    for (const [width, height] of [
      [1440, 900],
      [390, 700],
      [2560, 800],
    ] as const) {
      const [rig, lens] = [new Rig(), new Lens()];
      rig.view = view;
      rig.fit(20, width / height, true);
      lens.size(width, height);
      lens.aim(rig);
      for (let turn = 0; turn < 32; turn += 1) {
        const angle = (turn / 16) * Math.PI;
        const seen = lens.see({ x: Math.cos(angle) * 20, y: 0, z: Math.sin(angle) * 20 });
        expect(seen?.x).toBeGreaterThan(0);
        expect(seen?.x).toBeLessThan(width);
        expect(seen?.y).toBeGreaterThan(0);
        expect(seen?.y).toBeLessThan(height);
      }
    }
  });

  it("sees right as right and up as up", () => {
    const [rig, lens] = [new Rig(), new Lens()];
    rig.fit(10, 1.5, true);
    lens.size(900, 600);
    lens.aim(rig);
    const [middle, right, up] = [
      { x: 0, y: 0, z: 0 },
      { x: 2, y: 0, z: 0 },
      { x: 0, y: 2, z: 0 },
    ].map((seat) => lens.see(seat));
    expect(right?.x).toBeGreaterThan(middle?.x ?? 0);
    expect(up?.y).toBeLessThan(middle?.y ?? 0);
  });

  it("goes on a little after a turn, then rests; at once where motion is unwanted", () => {
    const rig = new Rig();
    rig.turn(40, 0);
    const turned = rig.pose.alpha;
    expect(rig.step(0.016)).toBe(true);
    expect(rig.pose.alpha).not.toBe(turned);
    for (let step = 0; step < 200; step += 1) rig.step(0.05);
    expect(rig.step(0.05)).toBe(false);
    rig.isStill = true;
    rig.focus({ x: 3, y: 1, z: 4 });
    rig.step(0.016);
    expect(rig.pose).toMatchObject({ x: 3, z: 4 });
  });

  it("never turns under the floor", () => {
    const rig = new Rig();
    rig.turn(0, -100_000);
    expect(rig.pose.beta).toBeLessThan(Math.PI / 2);
    rig.turn(0, 200_000);
    expect(rig.pose.beta).toBeGreaterThan(0);
  });

  it("picks what is under the pointer, and nothing beside it", () => {
    const [rig, lens] = [new Rig(), new Lens()];
    rig.fit(10, 1.5, true);
    lens.size(900, 600);
    lens.aim(rig);
    const bodies = ["a", "b"].map((key, index) => ({ body: body(key), at: { x: index * 4, y: 1, z: 0 } }));
    const seen = lens.see({ x: 4, y: 1, z: 0 });
    expect(pick(bodies, lens, (seen?.x ?? 0) + 3, seen?.y ?? 0)).toBe("b");
    expect(pick(bodies, lens, 5, 5)).toBe("");
  });
});

describe("names in the scene", () => {
  it("are cut and freed of marks that turn text around", () => {
    expect(shortText("‮evil⁦‏")).toBe("evil");
    expect(shortText("two\nlines\u0000")).toBe("two lines");
    expect([...shortText("😀".repeat(2 ** 18), 10)]).toHaveLength(10);
    expect(shortName("home-assistant-actuator", 15)).toBe("home-as…ctuator");
    expect(shortName("‮planner", 15)).toBe("planner");
    expect([...shortName("😀".repeat(99), 10)]).toHaveLength(10);
    expect(shortText("<img src=x>")).toBe("<img src=x>");
  });
});

it("reads colors as browsers write them", () => {
  expect(parseColor("rgb(255, 0, 51)")).toEqual([1, 0, 0.2]);
  expect(parseColor("color(srgb 0.1 0.2 0.3)")).toEqual([0.1, 0.2, 0.3]);
  expect(parseColor("none")).toEqual([0.5, 0.5, 0.5]);
});

describe("detail", () => {
  const frames = (quality: Quality, interval: number, count: number): void => {
    for (let index = 0; index < count; index += 1) quality.note(interval, 33);
  };

  it("is lowered step by step while frames come late", () => {
    const quality = new Quality();
    frames(quality, 100, 24);
    expect(quality.level).toBe(1);
    frames(quality, 200, 24 * 9);
    expect(quality.level).toBe(3);
    expect(quality.detail.arcs).toBeLessThan(new Quality().detail.arcs);
  });

  it("is raised only after a long calm, and a single slow frame changes nothing", () => {
    const quality = new Quality(1);
    frames(quality, 33, 24 * 20);
    expect(quality.level).toBe(1);
    frames(quality, 33, 24 * 10);
    expect(quality.level).toBe(0);
    quality.note(900, 33);
    frames(quality, 33, 23);
    expect(quality.level).toBe(0);
  });

  it("does not take a hidden page for a slow one", () => {
    const quality = new Quality();
    frames(quality, 60_000, 240);
    expect(quality.level).toBe(0);
  });
});
