import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HouseView, RoomEntity } from "../src/contracts/rest";
import { deliver } from "../src/state/bus";
import { act, entities, followHouse, hoped, house, loadHouse, samplesOf, underway } from "../src/state/house";
import { expected } from "../src/state/house-expected";

const LAMP: RoomEntity = {
  entity_id: "light.lamp",
  name: "Lamp",
  domain: "light",
  device_class: null,
  state: "off",
  unit: null,
  attributes: {},
  risk: "B",
  actions: ["turn_on", "turn_off", "set_brightness"],
  asks: [],
  available: true,
  last_changed: 100,
};
const LOCK: RoomEntity = {
  ...LAMP,
  entity_id: "lock.door",
  domain: "lock",
  state: "locked",
  actions: ["unlock"],
  asks: ["unlock"],
};
const SENSOR: RoomEntity = { ...LAMP, entity_id: "sensor.t", domain: "sensor", state: "20", actions: [], risk: "A" };
const HOUSE: HouseView = {
  name: "Home",
  rooms: [{ id: "k", name: "Kitchen", floor: "", entities: [LAMP, LOCK, SENSOR] }],
  version: 1,
  source: "demo",
  stale: false,
  units: { temperature: "°C" },
};

function answer(body: object, status = 200): void {
  vi.stubGlobal("fetch", async () => Response.json(body, { status }));
}

function change(entityId: string, state: string, at: number, more: object = {}): void {
  const [domain] = entityId.split(".");
  const payload = {
    entity_id: entityId,
    domain,
    new_state: { state, attributes: {}, last_changed: at },
    timestamp: at,
  };
  deliver({ topic: `homeassistant/state_changes/${domain}/${entityId}`, payload: { ...payload, ...more }, id: "" });
}

followHouse();

beforeEach(async () => {
  for (const one of underway.all()) underway.delete(one.id);
  answer(HOUSE);
  await loadHouse();
});

describe("doing something", () => {
  it("shows it on its way at once, then the truth", async () => {
    let let_go: (response: Response) => void = () => {};
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (let_go = resolve)));
    const done = act(LAMP, "turn_on");
    expect(underway.get("light.lamp")?.phase).toBe("going");
    expect(hoped(entities.get("light.lamp") as RoomEntity).state).toBe("on");
    expect(entities.get("light.lamp")?.state).toBe("off");
    let_go(Response.json({ status: "done", text: "Lamp is on.", state: "on", trace_id: "t" }));
    await done;
    expect(underway.get("light.lamp")).toBeUndefined();
    expect(entities.get("light.lamp")?.state).toBe("on");
  });

  it("goes back and says why when it failed", async () => {
    answer({ status: "failed", text: "Lamp does not answer.", state: "off", trace_id: "t" });
    await act(LAMP, "turn_on");
    expect(underway.get("light.lamp")).toMatchObject({ phase: "failed", text: "Lamp does not answer." });
    expect(hoped(entities.get("light.lamp") as RoomEntity).state).toBe("off");
  });

  it("says why when it was refused", async () => {
    answer({ detail: "Everything is stopped" }, 409);
    await expect(act(LAMP, "turn_on")).rejects.toThrow("Everything is stopped");
    expect(underway.get("light.lamp")).toMatchObject({ phase: "failed", text: "Everything is stopped" });
  });

  it("claims nothing of what waits for a yes", async () => {
    answer({ status: "waiting", text: "Waits", approval_id: "a1", state: "locked", trace_id: "t" }, 202);
    await act(LOCK, "unlock");
    expect(underway.get("lock.door")).toMatchObject({ phase: "waiting", approvalId: "a1" });
    expect(hoped(entities.get("lock.door") as RoomEntity).state).toBe("locked");
  });
});

describe("live states", () => {
  it("are taken, and one that comes late is not", () => {
    change("light.lamp", "on", 200);
    expect(entities.get("light.lamp")?.state).toBe("on");
    change("light.lamp", "off", 150);
    expect(entities.get("light.lamp")?.state).toBe("on");
  });

  it("keep attributes that were left out, and say what is not reachable", () => {
    entities.put("light.lamp", { ...LAMP, attributes: { brightness: 9 } });
    change("light.lamp", "unavailable", 300, { trimmed: true });
    expect(entities.get("light.lamp")).toMatchObject({ available: false, attributes: { brightness: 9 } });
  });

  it("of a sensor are kept for its small line", () => {
    const before = samplesOf("sensor.t").length;
    change("sensor.t", "22.5", 400);
    change("sensor.t", "unknown", 500);
    expect(
      samplesOf("sensor.t")
        .slice(before)
        .map((one) => one.v),
    ).toEqual([22.5]);
  });

  it("are said to be old as the gateway says it, and a house that is away keeps its last", async () => {
    answer({ ...HOUSE, stale: true });
    await loadHouse();
    expect(house.value?.stale).toBe(true);
    answer({ detail: "away" }, 503);
    await loadHouse();
    expect(house.value?.rooms).toHaveLength(1);
  });
});

describe("what is expected", () => {
  it.each([
    ["turn_on", {}, "on"],
    ["set_brightness", { brightness_pct: 40 }, "on"],
    ["set_brightness", { brightness_pct: 0 }, "off"],
  ])("of a lamp after %s %o: %s", (action, data, state) => {
    expect(expected(LAMP, action, data).state).toBe(state);
  });

  it("of a thermostat and a blind are their values", () => {
    const climate = { ...LAMP, domain: "climate", state: "off", attributes: { hvac_modes: ["off", "heat"] } };
    expect(expected(climate, "turn_on", {}).state).toBe("heat");
    expect(expected(climate, "set_temperature", { temperature: 21 }).attributes["temperature"]).toBe(21);
    const blind = { ...LAMP, domain: "cover", state: "open" };
    expect(expected(blind, "set_position", { position: 30 }).attributes["current_position"]).toBe(30);
    expect(expected(blind, "close", {}).state).toBe("closing");
  });
});
