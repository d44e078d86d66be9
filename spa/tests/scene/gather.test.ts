import { describe, expect, it } from "vitest";
import type { RoomEntity } from "../../src/contracts/rest";
import { type Filter, Gathering, groupOf, type House, isWorking, type Names } from "../../src/scene/gather";
import { agent } from "./sample";

const ALL: Filter = { text: "", state: "", kind: "", node: "" };
const NAMES: Names = { people: "People", bus: "Bus", group: (_, name) => name || "main", kind: (domain) => domain };
const lamp = {
  entity_id: "light.hall",
  name: "Hall light",
  domain: "light",
  state: "on",
  available: true,
} as RoomEntity;
const HOUSE: House = { rooms: [{ id: "hall", name: "Hall", floor: "", entities: [lamp] }] };
const NOW = 1005;

function bodies(gathering: Gathering, all: Parameters<Gathering["facts"]>[0], filter = ALL, now = NOW) {
  const facts = gathering.facts(all, HOUSE, "node", filter, NAMES, now);
  return new Map(facts.bodies.map((body) => [body.key, body]));
}

describe("what is drawn", () => {
  it("tells states by color and by form", () => {
    const states = ["running", "paused", "stopped", "failed", "quarantined", "degraded", "unreachable", "odd"];
    const drawn = bodies(
      new Gathering(),
      states.map((state) => agent(state, { state })),
    );
    const looks = states.map((state) => [drawn.get(`agent:${state}`)?.tone, drawn.get(`agent:${state}`)?.style]);
    expect(looks.slice(0, 4)).toEqual([
      ["good", "solid"],
      ["accent", "paused"],
      ["muted", "hollow"],
      ["bad", "cross"],
    ]);
    expect(drawn.get("agent:odd")?.tone).toBe("muted");
  });

  it("does not call a silent agent running", () => {
    expect(bodies(new Gathering(), [agent("main")], ALL, NOW + 60).get("agent:main")).toMatchObject({
      tone: "warn",
      style: "dashed",
    });
  });

  it("keeps a mark of who is gone until it is back, for half an hour at most", () => {
    const gathering = new Gathering();
    const [main, planner] = [agent("main"), agent("planner")];
    const seat = bodies(gathering, [main, planner]).get("agent:planner")?.seat;
    const gone = bodies(gathering, [main]).get("agent:planner");
    expect(gone).toMatchObject({ kind: "ghost", style: "dashed", seat });
    expect(bodies(gathering, [main, planner]).get("agent:planner")).toMatchObject({ kind: "agent", seat });
    bodies(gathering, [main]);
    expect(bodies(gathering, [main], ALL, NOW + 3_600).has("agent:planner")).toBe(false);
  });

  it("tells devices of one name apart by what they are", () => {
    const door = (domain: string): RoomEntity => ({ ...lamp, entity_id: `${domain}.door`, name: "Front door", domain });
    const rooms = [{ id: "hall", name: "Hall", floor: "", entities: [lamp, door("lock"), door("binary_sensor")] }];
    const { bodies: drawn } = new Gathering().facts([], { rooms }, "node", ALL, NAMES, NOW);
    const labels = drawn.filter((one) => one.kind === "device").map((one) => one.label);
    expect(labels.sort()).toEqual(["Front door · binary_sensor", "Front door · lock", "Hall light"]);
  });

  it("dims what a filter leaves out", () => {
    const all = [agent("main"), agent("weather", { node: "attic" })];
    const dim = (filter: Partial<Filter>) =>
      [...bodies(new Gathering(), all, { ...ALL, ...filter }).values()]
        .filter((one) => one.isDim)
        .map(({ key }) => key);
    expect(dim({})).toEqual([]);
    expect(dim({ text: "WEATH" })).toEqual(["agent:main", "device:light.hall"]);
    expect(dim({ node: "attic" })).toContain("agent:main");
    expect(dim({ text: "hall" })).not.toContain("device:light.hall");
  });

  it("shows devices that are on as lit, and cost as a share of the highest", () => {
    const blinds = { ...lamp, entity_id: "cover.hall", domain: "cover", state: "open" };
    const open = new Gathering().facts(
      [],
      { rooms: [{ id: "hall", name: "Hall", floor: "", entities: [blinds] }] },
      "node",
      ALL,
      NAMES,
      NOW,
    );
    expect(open.bodies.at(-1)).toMatchObject({ key: "device:cover.hall", tone: "accent" });
    const drawn = bodies(new Gathering(), [agent("a", { costUsd: 2 }), agent("b", { costUsd: 1 })]);
    expect(drawn.get("device:light.hall")).toMatchObject({ tone: "lit", isActive: true });
    expect([drawn.get("agent:a")?.cost, drawn.get("agent:b")?.cost]).toEqual([1, 0.5]);
  });

  it("has bounds: of very many agents only so many, of very long names only a part is searched", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => agent(`a-${index}`));
    expect(bodies(new Gathering(), many).size).toBeLessThan(700);
    const long = agent(`${"x".repeat(2 ** 20)}needle`);
    expect([...bodies(new Gathering(), [long], { ...ALL, text: "needle" }).values()].at(2)?.isDim).toBe(true);
  });
});

describe("groups", () => {
  it("are by node, by kind, or by the room that an agent looks after", () => {
    const one = agent("hall-light-keeper", { node: "attic", agentType: "dynamic" });
    expect(groupOf(one, "node", HOUSE)).toBe("attic");
    expect(groupOf(one, "kind", HOUSE)).toBe("dynamic");
    expect(groupOf(one, "room", HOUSE)).toBe("hall");
    expect(groupOf(agent("main"), "room", HOUSE)).toBe("");
  });
});

it("knows who is at work", () => {
  expect(isWorking(agent("a", { task: "Reads the news" }))).toBe(true);
  expect(isWorking(agent("a", { task: "idle" }))).toBe(false);
  expect(isWorking(agent("a", { task: "Reads", state: "failed" }))).toBe(false);
});
