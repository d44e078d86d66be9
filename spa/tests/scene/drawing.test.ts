import { describe, expect, it } from "vitest";
import { Arcs } from "../../src/scene/arcs";
import { Bodies } from "../../src/scene/bodies";
import { floorOf } from "../../src/scene/floor";
import { STRIDE } from "../../src/scene/frame";
import type { Signal } from "../../src/state/flows";
import { body, factsOf, PALETTE } from "./sample";

const near = (): number => 1;
const signal = (from: string, to: string, count = 1): Signal => ({ kind: "task", from, to, topic: "t", count, at: 0 });

describe("arcs", () => {
  const seats = (): { x: number; y: number; z: number } => ({ x: 0, y: 0, z: 0 });
  const count = (arcs: Arcs): number => arcs.write(PALETTE, seats, () => false, false).length / STRIDE;

  it("are never more than allowed, however many messages come", () => {
    const arcs = new Arcs();
    for (let index = 0; index < 10_000; index += 1) arcs.add(signal(`a-${index}`, "b"));
    for (let frame = 0; frame < 60; frame += 1) arcs.step(0.001, 40, false);
    expect(count(arcs)).toBe(40);
    for (let second = 0; second < 200; second += 1) arcs.step(1, 40, false);
    expect(arcs.isBusy).toBe(false);
  });

  it("of one pair are one, and thicker the more messages there are", () => {
    const width = (messages: number): number => {
      const arcs = new Arcs();
      for (let index = 0; index < messages; index += 1) arcs.add(signal("a", "b"));
      arcs.step(0.1, 40, false);
      expect(count(arcs)).toBe(1);
      return arcs.write(PALETTE, seats, () => false, false)[11] ?? 0;
    };
    expect(width(50)).toBeGreaterThan(width(1));
    expect(width(5_000)).toBeLessThan(6);
  });

  it("between places that are not there are left out; a beat is no arc", () => {
    const arcs = new Arcs();
    arcs.add(signal("a", "nowhere"));
    arcs.add({ ...signal("a", ""), kind: "beat" });
    arcs.step(0.1, 40, false);
    expect(
      arcs.write(
        PALETTE,
        (key) => (key === "a" ? seats() : undefined),
        () => false,
        false,
      ),
    ).toHaveLength(0);
  });
});

describe("bodies", () => {
  const life = (bodies: Bodies): number[] => [...bodies.write(PALETTE, near, "", "")].slice(8, 16);

  it("pulse when a heartbeat came, and only then", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], false);
    bodies.step(0.1, false);
    expect(life(bodies)[0]).toBe(0);
    expect(bodies.beat("a")).toBe(true);
    expect(bodies.beat("stranger")).toBe(false);
    expect(bodies.step(0.3, false).isBeating).toBe(true);
    expect(life(bodies)[0]).toBeGreaterThan(0);
    bodies.step(3, false);
    expect(bodies.step(0.1, false)).toEqual({ isMoving: false, isBeating: false });
  });

  it("grow in when they come later, and are there at once at the beginning", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], false);
    expect(life(bodies)[2]).toBe(1);
    bodies.set([body("a"), body("b")], false);
    bodies.step(0.1, false);
    const grown = [bodies.write(PALETTE, near, "", "")[10], bodies.write(PALETTE, near, "", "")[10 + STRIDE]];
    expect(Math.min(...grown.map(Number))).toBeLessThan(0.9);
  });

  it("fall apart when they die, then stand as a mark", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], false);
    bodies.set([body("a", { style: "cross" })], false);
    bodies.step(0.4, false);
    expect(life(bodies)[6]).toBeLessThan(0.9);
    bodies.step(5, false);
    expect(life(bodies)[6]).toBe(1);
    expect([...bodies.write(PALETTE, near, "", "")][7]).toBe(3);
  });

  it("fall apart when they died, also when they were back before anybody saw it", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], false);
    bodies.fall("a");
    bodies.set([body("a")], false);
    bodies.step(0.5, false);
    expect(life(bodies)[6]).toBeLessThan(0.8);
    bodies.step(5, false);
    expect(life(bodies)[6]).toBe(1);
    expect(life(bodies)[2]).toBeLessThan(1);
    for (let step = 0; step < 10; step += 1) bodies.step(0.1, false);
    expect(life(bodies)[2]).toBe(1);
  });

  it("are whole again when they live again, and are dropped once they have gone", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], false);
    bodies.set([body("a", { style: "hollow" })], false);
    bodies.step(0.4, false);
    bodies.set([body("a")], false);
    expect(life(bodies)[6]).toBe(1);
    bodies.set([], false);
    for (let step = 0; step < 30; step += 1) bodies.step(0.1, false);
    expect(bodies.write(PALETTE, near, "", "")).toHaveLength(0);
  });

  it("do nothing of all this when motion is unwanted", () => {
    const bodies = new Bodies();
    bodies.set([body("a")], true);
    bodies.set([body("b", { seat: { x: 9, y: 9, z: 9 } })], true);
    bodies.step(0.01, true);
    expect(bodies.at("a")).toBeUndefined();
    expect(bodies.at("b")).toEqual({ x: 9, y: 9, z: 9 });
    expect(life(bodies)[2]).toBe(1);
  });
});

it("draws a ring for each group and a part of the ring for each room", () => {
  const area = { group: "", label: "Main", x: 0, z: 0, radius: 4, members: 3 };
  const sector = { room: "hall", label: "Hall", from: 0, to: 1, seats: new Map() };
  const none = floorOf(factsOf([]), PALETTE).length;
  const all = floorOf({ ...factsOf([]), areas: [area], sectors: [sector] }, PALETTE).length;
  expect((all - none) / STRIDE).toBe(4);
});
