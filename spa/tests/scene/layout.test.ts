import { describe, expect, it } from "vitest";
import { Layout, type Member, ring, type Seat, steadyChance } from "../../src/state/layout";

const members = (count: number, group = "", from = 0): Member[] =>
  Array.from({ length: count }, (_, index) => ({ key: `${group}/agent-${index + from}`, group }));

function seated(layout: Layout, all: readonly Member[]): Map<string, Seat | undefined> {
  return new Map(all.map(({ key }) => [key, layout.seat(key)]));
}

describe("seats of agents", () => {
  it("are the same for the same agents, whatever their order", () => {
    const all = [...members(20), ...members(7, "attic"), ...members(7, "garage")];
    const [one, other] = [new Layout(), new Layout()];
    one.place(all);
    other.place([...all].reverse());
    expect(seated(one, all)).toEqual(seated(other, all));
  });

  it("stay when others come and go", () => {
    const layout = new Layout();
    const staying = [...members(10), ...members(5, "attic")];
    layout.place([...staying, ...members(3, "attic", 50)]);
    const before = seated(layout, staying);
    layout.place(staying);
    expect(seated(layout, staying)).toEqual(before);
    layout.place([...staying, ...members(2, "attic", 70), ...members(6, "new")]);
    expect(seated(layout, staying)).toEqual(before);
  });

  it("are kept for those who come back", () => {
    const layout = new Layout();
    const all = members(8);
    layout.place(all);
    const seat = layout.seat("/agent-3");
    layout.place(all.filter(({ key }) => key !== "/agent-3"));
    layout.place([...all.filter(({ key }) => key !== "/agent-3"), ...members(2, "", 90)]);
    layout.place(all);
    expect(layout.seat("/agent-3")).toEqual(seat);
  });

  it("of 200 agents in eight groups never lie on each other", () => {
    const layout = new Layout();
    const all = Array.from({ length: 8 }, (_, index) => members(25, `node-${index}`)).flat();
    layout.place(all);
    const seats = all.map(({ key }) => layout.seat(key) as Seat);
    let nearest = Number.POSITIVE_INFINITY;
    for (const [index, a] of seats.entries())
      for (const b of seats.slice(index + 1)) nearest = Math.min(nearest, Math.hypot(a.x - b.x, a.z - b.z));
    expect(nearest).toBeGreaterThan(0.9);
  });

  it("lie in discs that do not overlap, also after a group has grown", () => {
    const layout = new Layout();
    layout.place([...members(5), ...members(5, "a"), ...members(5, "b"), ...members(5, "c")]);
    layout.place([...members(60), ...members(5, "a"), ...members(40, "b"), ...members(5, "c")]);
    const areas = layout.areas();
    expect(areas).toHaveLength(4);
    for (const [index, a] of areas.entries())
      for (const b of areas.slice(index + 1))
        expect(Math.hypot(a.x - b.x, a.z - b.z)).toBeGreaterThanOrEqual(a.radius + b.radius);
    for (const area of areas) expect(layout.extent()).toBeGreaterThanOrEqual(Math.hypot(area.x, area.z) + area.radius);
  });

  it("leave the middle free for the bus and for people", () => {
    const layout = new Layout();
    layout.place(members(40));
    for (const seat of seated(layout, members(40)).values())
      expect(Math.hypot(seat?.x ?? 0, seat?.z ?? 0)).toBeGreaterThan(1.5);
  });
});

describe("rooms around the agents", () => {
  const rooms = [
    { id: "kitchen", devices: ["a", "b", "c", "d", "e", "f"] },
    { id: "hall", devices: ["g"] },
  ];

  it("share the whole ring by how much stands in them", () => {
    const { sectors, radius } = ring(rooms, 10);
    expect(radius).toBeGreaterThan(10);
    expect((sectors.at(-1)?.to ?? 0) - (sectors[0]?.from ?? 0)).toBeCloseTo(2 * Math.PI);
    expect(sectors[0]?.to).toBeCloseTo(sectors[1]?.from ?? 0);
    expect(sectors[0]?.seats.size).toBe(6);
  });

  it("grow beyond the agents when there are many devices", () => {
    const many = Array.from({ length: 30 }, (_, room) => ({
      id: `${room}`,
      devices: members(12).map(({ key }) => key),
    }));
    expect(ring(many, 10).radius).toBeGreaterThan(30);
    expect(ring([], 10).sectors).toEqual([]);
  });
});

it("has a steady chance between 0 and 1 for a text", () => {
  expect(steadyChance("main")).toBe(steadyChance("main"));
  for (const name of ["", "a", "planner", "‮x"]) expect(steadyChance(name)).toBeGreaterThanOrEqual(0);
  for (const name of ["", "a", "planner", "‮x"]) expect(steadyChance(name)).toBeLessThan(1);
});
